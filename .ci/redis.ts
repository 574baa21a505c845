/**
 * Makes sure that the tests find a Redis server. On Debian, as root, it installs one; anywhere else it says what to
 * do and fails. It starts none: each test starts its own.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findRedis, redisMissing } from './find-redis.ts';

const find = () => findRedis(process.env, existsSync);

// Run level 1 keeps the package from starting a server of the system's, on a port that is not ours.
const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };

const apt = (...words: readonly string[]) =>
  spawnSync('apt-get', ['-qq', ...words], { stdio: ['ignore', 'ignore', 'inherit'], env });

const canInstall = () =>
  !process.env['REDIS_SERVER_PATH'] && existsSync('/etc/debian_version') && process.getuid?.() === 0;

if (find() === undefined && canInstall()) {
  console.log('Installing a Redis server with apt-get …');
  apt('update');
  apt('install', '--yes', '--no-install-recommends', 'redis-server');
}
const path = find();
if (path === undefined) {
  console.error(redisMissing);
  process.exitCode = 1;
} else {
  console.log(path);
}
