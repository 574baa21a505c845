/** The example of tests with Playwright passes, with a sandbox and a page that Playwright starts itself. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { findProgram, programs } from '../../.ci/programs.ts';
import { builtPath } from '../built-path.ts';

/** Ports that are free now. All are open at once, so they differ. */
async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

it('the tests of examples/testing pass in Playwright', async () => {
  const [gatewayPort, sandboxPort, appPort] = await findFreePorts(3);
  const child = spawn(process.execPath, ['node_modules/@playwright/test/cli.js', 'test', '--reporter=line'], {
    cwd: 'examples/testing',
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      GATEWAY_URL: `http://127.0.0.1:${gatewayPort}`,
      CONTROL_URL: `http://127.0.0.1:${sandboxPort}`,
      APP_PORT: String(appPort),
      LEDGER_SANDBOX: `${process.execPath} ${builtPath('src/main.ts')} sandbox`,
      CHROMIUM_PATH: findProgram(programs.chromium, process.env, existsSync),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  expect([code, stdout], stderr).toEqual([0, expect.stringContaining('3 passed')]);
}, 60_000);
