/**
 * `npm run chromium`, `npm run redis`: makes sure that the tests find the program. On Debian, as root, it installs the
 * program; anywhere else it says what to do and fails. It starts nothing.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findProgram, programs } from './programs.ts';

const program = process.argv[2] === 'chromium' ? programs.chromium : programs.redis;
const find = () => findProgram(program, process.env, existsSync);

// Run level 1 keeps Debian from starting the server that it installs, on a port that is not ours.
const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
const apt = (...words: readonly string[]) =>
  spawnSync('apt-get', ['-qq', ...words], { stdio: ['ignore', 'ignore', 'inherit'], env });

const canInstall =
  !process.env[program.variable] && existsSync('/etc/debian_version') && process.getuid?.() === 0;

if (find() === undefined && canInstall) {
  console.log(`Installing ${program.debianPackage} with apt-get …`);
  apt('update');
  apt('install', '--yes', '--no-install-recommends', program.debianPackage);
}
const path = find();
if (path === undefined) {
  console.error(program.missing);
  process.exitCode = 1;
} else {
  console.log(path);
}
