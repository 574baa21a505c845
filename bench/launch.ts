/** Starts and stops the processes of a run, each on its core where the system has `taskset`. */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Which core a process runs on: the measured server has one for itself; load and upstream share the others. */
export type Core = 'server' | 'others';

/** The cores that this process may use, such as `0-1` or `2,5-7` in the system's own words. */
const allowedCores = (): readonly number[] => {
  const path = '/proc/self/status';
  const status = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
};

const [serverCore = 0, ...otherCores] = allowedCores();
const hasTaskset = otherCores.length > 0 && spawnSync('taskset', ['--version']).status === 0;
const cores = { server: String(serverCore), others: otherCores.join() };

/** How processes share the cores, for people. */
export const coresInWords: string = hasTaskset
  ? `server on core ${cores.server}, load and upstream on ${cores.others}`
  : 'server, load and upstream share all cores';

/** Puts this process, which makes the load, on its core. */
export function pinLoad(): void {
  if (hasTaskset) execFileSync('taskset', ['-acp', cores.others, String(process.pid)], { stdio: 'ignore' });
}

/** Where the standard error of all processes goes. */
export const errorLog: string = fileURLToPath(new URL('dist/servers.log', import.meta.url));

/** A process that runs. */
export type Launched = { readonly pid: number; readonly port: number; readonly stop: () => Promise<void> };

/** What to start: arguments of Node, and the whole environment beside PATH and PORT. */
export type Launch = {
  readonly core: Core;
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder?: string | undefined;
};

/** A port that was free a moment ago. */
async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/**
 * Starts a process with a free port as PORT, and as `%PORT%` in its arguments. Its standard output goes to
 * /dev/null: what a log costs to write is measured, what its reader costs is not.
 */
export async function launch({ core, env, folder, ...launch }: Launch): Promise<Launched> {
  const port = await findPort();
  const node = [process.execPath, ...launch.arguments.map((text) => text.replace('%PORT%', String(port)))];
  const [command = '', ...rest] = hasTaskset ? ['taskset', '-c', cores[core], ...node] : node;
  const errors = openSync(errorLog, 'a');
  const child = spawn(command, rest, {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: String(port), ...env },
    stdio: ['ignore', 'ignore', errors],
  });
  closeSync(errors);
  await once(child, 'spawn');
  return { pid: child.pid ?? 0, port, stop: stopper(child) };
}

const children = new Set<ChildProcess>();

// A run that is cut off leaves no process behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

function stopper(child: ChildProcess): () => Promise<void> {
  children.add(child);
  const ended = once(child, 'exit').then(() => children.delete(child));
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

/** Tries until it succeeds, for half a minute. Rejects with the last failure. */
export async function untilDone<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const givesUpAt = performance.now() + 30_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > givesUpAt) throw error;
      await wait(5);
    }
  }
}
