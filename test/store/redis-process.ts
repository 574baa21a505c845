/**
 * A real Redis server: on loopback, keeping nothing on disk, killed and started again at will. Whoever opens one ends it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { findProgram, programs } from '../../.ci/programs.ts';

/** A server in somebody's hands. */
export type RedisServer = {
  readonly port: number;
  readonly url: string;
  /** Ends it as a crash would: connections break, and everything in it is lost. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** Stops it where it stands: connections stay open and nothing answers. */
  readonly freeze: () => void;
  /** Lets it go on after `freeze`. */
  readonly thaw: () => void;
  /** Starts an empty one on the same port. Resolves when it takes connections. */
  readonly restart: () => Promise<void>;
};

/** Starts a server, with further words for its command line. Resolves when it takes connections. */
export async function openRedis(...words: readonly string[]): Promise<RedisServer> {
  const port = await freePort();
  const running = { child: await launch(port, words) };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: () => end(running.child),
    freeze: () => void running.child.kill('SIGSTOP'),
    thaw: () => void running.child.kill('SIGCONT'),
    async restart() {
      running.child = await launch(port, words);
    },
  };
}

async function launch(port: number, words: readonly string[]): Promise<ChildProcess> {
  const path = findProgram(programs.redis, process.env, existsSync);
  if (path === undefined) throw new Error(programs.redis.missing);
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'];
  const child = spawn(path, ['--port', String(port), ...settings, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // A test run that is cut off leaves no server behind.
  const killNow = () => void child.kill('SIGKILL');
  process.once('exit', killNow);
  child.once('exit', () => process.off('exit', killNow));
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (line.includes('Ready to accept connections')) {
      child.stdout.resume();
      return child;
    }
  }
  throw new Error(`The Redis server did not start:\n${said.join('\n')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Redis takes no port 0, so one is asked for and given back. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return address.port;
}
