/** The sandbox as a process of its own. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { builtPath } from '../built-path.ts';

type Running = ChildProcessByStdio<null, Readable, Readable>;

function run(settings: Record<string, string>): Running {
  const environment = { PATH: process.env['PATH'], ...settings };
  const child = spawn(process.execPath, ['--enable-source-maps', builtPath('src/sandbox/main.ts')], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function readAll(stream: Readable): Promise<string> {
  return (await stream.setEncoding('utf8').toArray()).join('');
}

/** Asks the other process again until it counts so many calls. */
async function untilCalled(url: string, count: number): Promise<void> {
  const response = await fetch(new URL('/_sandbox/calls', url));
  const { ledger } = (await response.json()) as { ledger: { count: number } };
  if (ledger.count < count) await untilCalled(url, count);
}

describe('npm run sandbox', () => {
  it.each([
    ['SIGTERM', { kind: 'stall' }],
    ['SIGINT', { kind: 'latency', ms: 600_000 }],
  ] as const)(
    'prints its address and what to try, answers, and ends with 0 on %s while a call is open (%j)',
    async (signal, fault) => {
      const child = run({ SANDBOX_PORT: '0' });
      const [banner] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
      const [, command = ''] = /curl -u (.*)/.exec(banner) ?? [];
      const [, credentials = '', url = ''] = /^(\S+) '(\S+)'$/.exec(command) ?? [];
      const headers = { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
      expect(await (await fetch(url, { headers })).json()).toMatchObject({
        customerDetails: { firstName: 'Amara', lastName: 'Okafor' },
      });
      await fetch(new URL('/_sandbox/faults', url), { method: 'POST', body: JSON.stringify(fault) });
      const open = expect(fetch(url, { headers }).then((response) => response.text())).rejects.toThrow();
      await untilCalled(url, 2);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      await open;
    },
  );

  it('does not start with wrong settings, and names them all', async () => {
    const child = run({ SANDBOX_PORT: 'x', SANDBOX_MAX_LIMIT: '0', SANDBOX_LIMIT: '1' });
    const [text, [code]] = await Promise.all([readAll(child.stderr), once(child, 'exit')]);
    expect(code).toBe(1);
    expect(text).toMatch(
      /^SANDBOX_LIMIT: there is no such setting.*\nSANDBOX_PORT: expected .*\nSANDBOX_MAX_LIMIT: expected .*\n$/,
    );
  });
});
