/** The gateway as a process of its own, as an operator runs it. Its environment has only what a test sets. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { afterEach } from 'vitest';
import { builtPath } from './built-path.ts';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** A gateway's process: its output so far, and how it ends. */
export type GatewayProcess = {
  readonly pid: number;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Resolves when the standard output matches, with the match; fails when the process ends before. */
  readonly said: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** The exit code, or the signal that ended it. Resolves when all its output is read. */
  readonly ended: Promise<number | string>;
  /** The same, also when nobody reads the output. */
  readonly exited: Promise<number | string>;
  /** Stops reading the standard output, until `readOn`. */
  readonly stopReading: () => void;
  readonly readOn: () => void;
  /** Closes the standard output at the reader's end. */
  readonly closeReader: () => void;
};

/**
 * Starts the gateway, in a process group of its own so that a signal to the group can be tried. Its standard output is
 * read, unless `output` is a file of the test's own.
 */
export const spawnGateway = (
  env: Readonly<Record<string, string>> = {},
  output: 'pipe' | number = 'pipe',
): GatewayProcess => {
  const child = spawn(process.execPath, ['--enable-source-maps', builtPath('src/main.ts')], {
    env: { PATH: process.env['PATH'], PORT: '0', SANDBOX_PORT: '0', ...env },
    stdio: ['ignore', output, 'pipe'],
    detached: true,
  });
  running.push(child);
  const reader = child.stdout ?? Readable.from([]);
  let stdout = '';
  let stderr = '';
  reader.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    ended,
    exited: once(child, 'exit').then(([code, signal]) => code ?? signal),
    stopReading: () => void reader.pause(),
    readOn: () => void reader.resume(),
    closeReader: () => void reader.destroy(),
    said: async (pattern) => {
      for (;;) {
        const match = pattern.exec(stdout);
        if (match !== null) return match;
        const more = await Promise.race([once(reader, 'data'), ended]);
        if (!Array.isArray(more))
          throw new Error(`Ended with ${more}, never said ${pattern}: ${stdout}${stderr}`);
      }
    },
  };
};

/** The endpoint of a gateway, from its lines for a person or from its log. */
export const endpointOf = async (gateway: GatewayProcess): Promise<string> => {
  const [url] = await gateway.said(/http:\/\/[\w.[\]:]+:\d+(?=\/graphql|")/);
  return `${url}/graphql`;
};

/** Posts one operation. */
export const post = (endpoint: string, query: string): Promise<Response> =>
  fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
