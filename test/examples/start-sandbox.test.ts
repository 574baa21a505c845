/** The tests to copy: the folder stands alone, and the sandbox that it starts for vitest ends when vitest ends it. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { builtPath } from '../built-path.ts';

/** What vitest does with `start-sandbox.ts`. The sandbox inherits standard error, so that ends when both processes have ended. */
const run = `
import { setup, teardown } from './start-sandbox.ts';
await setup({ provide: (name, value) => console.log(name, value) });
teardown();
`;

it('names no file outside its folder, so that the folder can be copied', () => {
  const files = readdirSync('examples/testing').filter((name) => /\.(ts|js|json)$/.test(name));
  expect(files).toContain('start-sandbox.ts');
  const texts = files.map((name) => readFileSync(join('examples/testing', name), 'utf8'));
  expect(texts.filter((written) => written.includes('../'))).toEqual([]);
});

it('starts the sandbox of the installed package, and leaves no process behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const installed = join(folder, 'node_modules/ledger-balance-gateway');
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(resolve(dirname(builtPath('src/main.ts'))), installed, 'dir');
  symlinkSync(join(installed, 'main.js'), join(folder, 'node_modules/.bin/ledger-balance-gateway'));
  cpSync('examples/testing/start-sandbox.ts', join(folder, 'start-sandbox.ts'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(folder, 'run.ts'), run);

  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), 'run.ts'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let isLate = false;
  const giveUp = setTimeout(() => {
    isLate = true;
    process.kill(-(child.pid ?? 0)); // The group: the sandbox and whatever stands between.
  }, 15_000);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(giveUp);
  expect(stdout).toMatch(/^gatewayUrl http:\/\/127\.0\.0\.1:\d+\nsandboxUrl http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(stderr).toBe('');
  expect(isLate).toBe(false);
}, 30_000);
