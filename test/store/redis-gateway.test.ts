/** Two gateways at one Redis: one budget and one cache, also while Redis is killed and started again. */
import { describe, expect, it } from 'vitest';
import { type Harness, startHarness } from '../gateway/harness.ts';
import { byMobile, mobiles, threeMembers } from '../gateway/members.ts';
import { balances } from '../operations.ts';
import { startRedis } from './redis-server.ts';

const identifier = byMobile(mobiles.twelve);

/** Two replicas in front of one sandbox. */
async function startReplicas(url: string, env: Readonly<Record<string, string>>) {
  const settings = { REDIS_URL: url, REPLICAS: '2', ...env };
  const one = await startHarness({ members: threeMembers }, settings);
  return { one, two: one.restart(settings), sandbox: one.sandbox };
}

/** Resolves when `/readyz` says so. */
async function sharingIs({ gateway }: Harness, state: 'shared' | 'alone'): Promise<void> {
  for (;;) {
    const response = await gateway.fetch(new Request('http://gateway.test/readyz'));
    const { parts } = await response.json();
    if (parts.sharing === state) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const edgesOf = async ({ ask }: Harness, first: number) =>
  (await ask(balances, { identifier, first })).data?.customer?.ledgerBalance?.edges.length;

describe('replicas', () => {
  it('use each other’s answers, by position', async () => {
    const { url } = await startRedis();
    const { one, two, sandbox } = await startReplicas(url, { CACHE_TTL_SECONDS: '60' });
    expect(await edgesOf(one, 10)).toBe(10);
    expect(await edgesOf(two, 4)).toBe(4);
    expect(sandbox.callCount()).toBe(1);
    expect(await edgesOf(two, 12)).toBe(12);
    expect(await edgesOf(one, 12)).toBe(12);
    expect(sandbox.callCount()).toBe(2);
  });

  it('have one budget', async () => {
    const { url } = await startRedis();
    const env = { UPSTREAM_CALLS_PER_MINUTE: '3', OPERATION_TIMEOUT_MS: '3000' };
    const { one, two, sandbox } = await startReplicas(url, env);
    const codes: unknown[] = [];
    for (const { ask } of [one, two, one, two, one]) {
      const { errors } = await ask(balances, { identifier, first: 3 });
      codes.push(errors?.[0]?.extensions?.['code']);
    }
    expect(codes).toEqual([undefined, undefined, undefined, 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(sandbox.callCount()).toBe(3);
  });

  it('answer on when Redis is killed, within their shares, say so, and share again when it is back', async () => {
    const redis = await startRedis();
    const env = { CACHE_TTL_SECONDS: '60', UPSTREAM_CALLS_PER_MINUTE: '2', OPERATION_TIMEOUT_MS: '3000' };
    const { one, two, sandbox } = await startReplicas(redis.url, env);
    expect(await edgesOf(one, 10)).toBe(10);
    expect(await edgesOf(two, 10)).toBe(10);
    expect(sandbox.callCount()).toBe(1);
    await redis.kill();
    await Promise.all([sharingIs(one, 'alone'), sharingIs(two, 'alone')]);
    expect(await edgesOf(one, 10)).toBe(10); // Its own answer.
    expect(await edgesOf(two, 10)).toBe(10); // A call within its share.
    expect(sandbox.callCount()).toBe(2);
    const beyond = await one.ask(balances, { identifier: byMobile(mobiles.three) });
    expect(beyond.errors?.[0]?.extensions?.['code']).toBe('RATE_LIMITED');
    await redis.restart();
    await Promise.all([sharingIs(one, 'shared'), sharingIs(two, 'shared')]);
    expect(await edgesOf(one, 10)).toBe(10);
    expect(sandbox.callCount()).toBe(2);
  });
});
