/** Installs the packages of a folder that has a package and a lock file of its own. */

import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** When a file was last written; long ago if it does not exist. */
const writtenAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Installs exactly what the folder's lock file names, unless that was done since the lock file was written. */
export function installPackages(folder: string): void {
  const installed = join(folder, 'node_modules/.package-lock.json');
  if (writtenAt(installed) >= writtenAt(join(folder, 'package-lock.json'))) return;
  execFileSync('npm', ['--prefix', folder, 'ci', '--ignore-scripts', '--silent'], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
}

/** Installs what the checks need besides the root's packages. vitest calls it before the first test. */
export function setup(): void {
  installPackages('clients');
  installPackages('examples/web');
  installPackages('examples/testing');
}
