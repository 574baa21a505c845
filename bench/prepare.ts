/** Builds what a run needs, before anything is measured. */

import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { installPackages } from '../.ci/folder-packages.ts';
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

/** Installs the packages of the peers unless the lock file's are there, and compiles the peers. Hive Gateway also needs its supergraph. */
export function buildPeers(): void {
  installPackages(benchFolder);
  run(compiler, ['-p', join(benchFolder, 'peers')]);
  const composer = join(benchFolder, 'node_modules/.bin/mesh-compose');
  const files = ['--config-path', 'dist/peers/hive-compose.js', '--output', 'dist/supergraph.graphql'];
  // What it says is shown only with the error of a failure.
  execFileSync(composer, files, { cwd: benchFolder, stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Builds the gateway of this checkout. */
export function buildOurs(): void {
  run('npm', ['run', '--silent', 'build']);
}
