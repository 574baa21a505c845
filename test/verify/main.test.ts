/** The command as a process of its own. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { builtPath } from '../built-path.ts';

const command = ['--enable-source-maps', builtPath('src/verify/main.ts')];

async function run(given: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [...command, ...given], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const texts = [child.stdout, child.stderr].map((stream) => stream.setEncoding('utf8').toArray());
  const [[code], [stdout = [], stderr = []]] = await Promise.all([once(child, 'close'), Promise.all(texts)]);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

describe('npm run verify-upstream', () => {
  it('ends with its own exit code although nobody reads its output', async () => {
    const child = spawn(process.execPath, command, {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([
      child.stderr.setEncoding('utf8').toArray(),
      once(child, 'close'),
    ]);
    expect([code, stderr.join('')]).toEqual([2, '']);
  });

  it('prints its usage and ends with 2 without arguments', async () => {
    const { code, stdout, stderr } = await run([]);
    expect(stdout).toMatch(/^UPSTREAM_URL: got nothing[\s\S]*\nUsage: npm run verify-upstream -- --mobile /);
    expect([code, stderr]).toEqual([2, '']);
  });

  it('checks an account in at most ten calls, and ends by itself', async () => {
    const sandbox = await startSandbox();
    onTestFinished(() => sandbox.close());
    const { code, stdout, stderr } = await run(['--external-id', 'short-pages', '--source', 'ALL'], {
      UPSTREAM_URL: sandbox.url,
      UPSTREAM_BASIC_USER: demoCredentials.basic.user,
      UPSTREAM_BASIC_PASSWORD: demoCredentials.basic.password,
    });
    expect(stdout).toMatch(
      /\nAs assumed: .*\n\n {2}UPSTREAM_MAX_LIMIT=10\n {2}UPSTREAM_FIXED_PAGES=false\n$/,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(sandbox.callCount()).toBe(9);
  });
});
