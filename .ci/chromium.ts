/**
 * Makes sure that the browser tests find a Chromium. On Debian, as root, it installs one; anywhere else it says
 * what to do and fails.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromiumMissing, findChromium } from './find-chromium.ts';

const find = () => findChromium(process.env, existsSync);

const apt = (...words: readonly string[]): boolean => {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return (
    spawnSync('apt-get', ['-qq', ...words], { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0
  );
};

const canInstall = () =>
  process.env['CHROMIUM_PATH'] === undefined && existsSync('/etc/debian_version') && process.getuid?.() === 0;

if (find() === undefined && canInstall()) {
  console.log('Installing Chromium with apt-get …');
  apt('update');
  apt('install', '--yes', '--no-install-recommends', 'chromium');
}
const path = find();
if (path === undefined) {
  console.error(chromiumMissing);
  process.exitCode = 1;
} else {
  console.log(path);
}
