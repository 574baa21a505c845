/** The command with key and secret, through the sandbox's token endpoint: its calls, and what it prints about failures. */

import { describe, expect, it, onTestFinished } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { type SandboxOptions, startSandbox } from '../../src/sandbox/server.ts';
import { runVerify } from './command-run.ts';

const { key, secret } = demoCredentials.oauth;
const oauthEnv = {
  UPSTREAM_BASIC_USER: '',
  UPSTREAM_BASIC_PASSWORD: '',
  UPSTREAM_OAUTH_KEY: key,
  UPSTREAM_OAUTH_SECRET: secret,
};

/** Runs the command against a sandbox, and counts its calls for pages and for tokens. */
async function run(
  options: SandboxOptions = {},
  faults: readonly Fault[] = [],
  env: Readonly<Record<string, string>> = {},
) {
  const sandbox = await startSandbox(options);
  onTestFinished(() => sandbox.close());
  sandbox.setFaults(faults);
  const customer = ['--external-id', 'short-pages', '--source', 'ALL'];
  const outcome = await runVerify(sandbox.url, customer, { ...oauthEnv, ...env });
  return { ...outcome, sandbox, calls: [sandbox.callCount(), sandbox.tokenCalls().length] };
}

describe('key and secret', () => {
  it('get one token for all pages', async () => {
    const { exitCode, text, calls, sandbox } = await run();
    expect(text).toMatch(/^As assumed: .*\n\n {2}UPSTREAM_MAX_LIMIT=10\n {2}UPSTREAM_FIXED_PAGES=false$/m);
    expect([exitCode, calls]).toEqual([0, [9, 1]]);
    expect(new Set(sandbox.calls().map(({ credential }) => credential))).toEqual(new Set([`oauth:${key}`]));
  });

  it('get another token when the first expires meanwhile', async () => {
    let now = 0;
    const { exitCode, calls } = await run({ tokenTtlSeconds: 60, now: () => (now += 2500) });
    expect(exitCode).toBe(0);
    expect(calls[1]).toBe(2); // A second one within five seconds would be taken for a question that is refused.
  });

  it('are reported as refused, without a call for a page and without the secret', async () => {
    const { exitCode, text, calls } = await run({}, [], { UPSTREAM_OAUTH_SECRET: 'SECRET-never-shown' });
    expect(text).toMatch(/^ {2}limit=100 offset=0 +not sent: UPSTREAM_UNAUTHORIZED\n\n/);
    expect(text).toMatch(/\nCould not tell: the token endpoint gave no token \(UPSTREAM_UNAUTHORIZED\)\. /);
    expect(text).toMatch(/ Check UPSTREAM_OAUTH_KEY and UPSTREAM_OAUTH_SECRET\.$/);
    expect([exitCode, calls]).toEqual([2, [0, 1]]);
    expect(text).not.toContain('never-shown');
    expect(text).not.toContain(key);
  });

  it('are reported when the upstream refuses their tokens, after one more try', async () => {
    const { exitCode, text, calls } = await run({}, [{ kind: 'unauthorized' }]);
    expect(text).toMatch(
      /\nCould not tell: a call failed \(UPSTREAM_UNAUTHORIZED\)\. .* Check UPSTREAM_BASIC/,
    );
    expect([exitCode, calls]).toEqual([2, [2, 2]]);
  });
});

describe('a token endpoint', () => {
  it.each<[string, Fault, RegExp]>([
    ['never answers', { kind: 'hang' }, /\(UPSTREAM_TIMEOUT\)\. .* 100 ms/],
    ['stops in its answer', { kind: 'stall' }, /\(UPSTREAM_TIMEOUT\)\. .* 100 ms/],
    ['fails', { kind: 'server-error' }, /\(UPSTREAM_UNAVAILABLE\)/],
    ['takes no more calls', { kind: 'rate-limited', retryAfter: 7 }, /\(RATE_LIMITED\).* after 7 seconds\./],
  ])('that %s ends the run in time and is named as the cause', async (_, fault, told) => {
    const startedAt = performance.now();
    const { exitCode, text, calls } = await run({}, [{ ...fault, endpoint: 'token' }], {
      UPSTREAM_TIMEOUT_MS: '100',
    });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(text).toContain('\nCould not tell: the token endpoint gave no token (');
    expect(text).toMatch(told);
    expect([exitCode, calls]).toEqual([2, [0, 1]]);
  });
});
