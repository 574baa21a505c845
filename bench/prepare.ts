/** Builds what a run needs, before anything is measured. */

import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { benchFolder } from './line-up.ts';

/** The folder of the gateway. */
export const rootFolder: string = resolve(benchFolder, '..');

const compiler = join(rootFolder, 'node_modules/.bin/tsc');

const run = (command: string, parameters: readonly string[]): void => {
  execFileSync(command, parameters, { cwd: rootFolder, stdio: ['ignore', 'inherit', 'inherit'] });
};

/** Compiles the upstream and the proxy: processes that are measured must not carry a compiler with them. */
export function buildServers(): void {
  run(compiler, ['-p', join(benchFolder, 'servers')]);
}

/** Builds the gateway of this checkout. */
export function buildOurs(): void {
  run('npm', ['run', '--silent', 'build']);
}
