/** The budget of all replicas: one door, whoever goes through it; and each by itself when Redis is away. */
import { afterEach, describe, expect, it } from 'vitest';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import { createRedisLink, type RedisLink } from '../../src/store/redis-link.ts';
import { createSharedBudget, type SharedBudgetOptions } from '../../src/store/shared-budget.ts';
import type { CallBudget } from '../../src/upstream/call-budget.ts';
import { startRedis } from './redis-server.ts';

const links: RedisLink[] = [];
const keys = deriveRedisKeys('a secret for tests that is long enough');
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

function openReplica(url: string, over: Partial<SharedBudgetOptions> = {}) {
  const link = createRedisLink(url);
  links.push(link);
  const clock = { now: 0 };
  const budget = createSharedBudget({
    link,
    keys,
    callsPerMinute: 4,
    replicas: 2,
    longestCallMs: 1000,
    now: () => clock.now,
    ...over,
  });
  return { link, budget, clock };
}

const turned = (link: RedisLink, isAway: boolean) =>
  new Promise<void>((resolve) => link.onChange((now) => now === isAway && resolve()));

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** How many of `count` places are given. */
const taken = async (budget: CallBudget, count: number, credential = 'c') => {
  const grants = await Promise.all(Array.from({ length: count }, () => budget.take(credential)));
  return grants.filter(({ ok }) => ok).length;
};

const takePlace = async (budget: CallBudget) => {
  const grant = await budget.take('c');
  if (!grant.ok) throw new Error(`Expected a place, got a wait of ${grant.retryAfterMs} ms`);
  return grant.release;
};

describe('while Redis is there', () => {
  it('replicas share one budget for each credential', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    expect(await taken(one.budget, 3)).toBe(3);
    expect(await taken(two.budget, 3)).toBe(1);
    expect(await taken(two.budget, 9, 'another')).toBe(4);
  });

  it('a place is free one window after its call ended, which all replicas are told', async () => {
    const { url } = await startRedis();
    const over = { callsPerMinute: 1, windowMs: 300 };
    const [one, two] = [openReplica(url, over), openReplica(url, over)];
    const release = await takePlace(one.budget);
    expect(await two.budget.take('c')).toEqual({ ok: false, retryAfterMs: 300 });
    await pause(350); // Longer than the window: the call is still under way.
    expect(await taken(two.budget, 1)).toBe(0);
    release(true);
    release(true);
    const [wait = 0] = await one.budget.waitsMs('c', 1);
    expect(wait).toBeGreaterThan(200);
    await pause(wait + 1);
    expect(await taken(two.budget, 1)).toBe(1);
  });

  it('the place of a call that was never sent is free at once', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url, { callsPerMinute: 1 }), openReplica(url, { callsPerMinute: 1 })];
    (await takePlace(one.budget))(false);
    await one.link.send(['PING']);
    expect(await taken(two.budget, 1)).toBe(1);
  });

  it('the place of a replica that died with it comes back after the longest call and a window', async () => {
    const { url } = await startRedis();
    const over = { callsPerMinute: 1, windowMs: 200, longestCallMs: 200 };
    const [one, two] = [openReplica(url, over), openReplica(url, over)];
    await takePlace(one.budget);
    await one.link.close();
    await pause(300);
    expect(await taken(two.budget, 1)).toBe(0);
    await pause(150);
    expect(await taken(two.budget, 1)).toBe(1);
  });

  it('all replicas obey a block, the longest of several, even without a budget', async () => {
    const { url } = await startRedis();
    const over = { callsPerMinute: Number.POSITIVE_INFINITY };
    const [one, two] = [openReplica(url, over), openReplica(url, over)];
    one.budget.block('c', 9000);
    one.budget.block('c', 3000);
    await one.link.send(['PING']);
    const grant = await two.budget.take('c');
    if (grant.ok) throw new Error('Expected a wait');
    expect(grant.retryAfterMs).toBeGreaterThan(8000);
    expect(grant.retryAfterMs).toBeLessThanOrEqual(9000);
    expect((await two.budget.waitsMs('c', 2))[1]).toBeGreaterThan(8000);
    expect(await taken(two.budget, 50, 'another')).toBe(50);
  });

  it('the next places are told with their waits, a window later for those beyond the budget', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    (await takePlace(one.budget))(true);
    await takePlace(one.budget);
    await takePlace(one.budget);
    const waits = await two.budget.waitsMs('c', 6);
    expect(waits[0]).toBe(0);
    expect(waits[1]).toBeGreaterThan(55_000);
    expect(waits.slice(2, 4)).toEqual([60_000, 60_000]);
    expect(waits[4]).toBe(60_000);
    expect(waits[5]).toBeGreaterThan(115_000);
  });

  it('each tells what is left, with the places of others as it last heard of them, for a window', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    expect(await taken(one.budget, 3)).toBe(3);
    expect(one.budget.read()).toMatchObject({ limit: 4, left: 1 });
    expect(two.budget.read()).toMatchObject({ limit: 4, left: 4 }); // It has not asked yet.
    (await takePlace(two.budget))(true);
    expect(two.budget.read()).toMatchObject({ left: 0, credentials: { free: 0, spent: 1, blocked: 0 } });
    expect(one.budget.read()).toMatchObject({ left: 1 });
    expect(await taken(one.budget, 1)).toBe(0);
    expect(one.budget.read()).toMatchObject({ left: 0 });
    two.clock.now += 60_000;
    expect(two.budget.read()).toEqual({ limit: 4, left: 4, credentials: { free: 0, spent: 0, blocked: 0 } });
  });

  it('one that was only ever refused knows that nothing is left', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    expect([await taken(one.budget, 4), await taken(two.budget, 1)]).toEqual([4, 0]);
    expect(two.budget.read()).toMatchObject({ left: 0, credentials: { spent: 1 } });
  });

  it('one that hears of a block obeys it also when Redis is gone', async () => {
    const redis = await startRedis();
    const [one, two] = [openReplica(redis.url), openReplica(redis.url)];
    one.budget.block('c', 9000);
    await one.link.send(['PING']);
    expect(await taken(two.budget, 1)).toBe(0);
    expect(two.budget.read()).toMatchObject({ left: 0, credentials: { free: 0, spent: 0, blocked: 1 } });
    const lost = turned(two.link, true);
    await redis.kill();
    await lost;
    expect(await taken(two.budget, 1)).toBe(0);
  });

  it('nothing in it tells a credential', async () => {
    const { url } = await startRedis();
    const { budget, link } = openReplica(url);
    await budget.take('credential-in-clear');
    budget.block('credential-in-clear', 1000);
    const names = await link.send(['KEYS', '*']);
    expect(String(names)).toMatch(/^lbg:\{[\w-]{43}\}/);
    expect(String(names)).not.toContain('clear');
  });
});

describe('when Redis is lost', () => {
  it('each replica goes on at once with its share, in which what it has called for counts', async () => {
    const redis = await startRedis();
    const over = { callsPerMinute: 8, replicas: 3 };
    const [one, two] = [openReplica(redis.url, over), openReplica(redis.url, over)];
    expect(await taken(one.budget, 1)).toBe(1);
    expect(await taken(two.budget, 7)).toBe(7);
    expect(await taken(one.budget, 1)).toBe(0);
    const lost = Promise.all([turned(one.link, true), turned(two.link, true)]);
    await redis.kill();
    await lost;
    expect(one.budget.read()).toMatchObject({ limit: 2, left: 1 });
    expect(two.budget.read()).toMatchObject({ limit: 2, left: 0 });
    expect(await taken(one.budget, 9)).toBe(1);
    expect(await taken(two.budget, 9)).toBe(0);
  });

  it('that share is at least one call', async () => {
    const redis = await startRedis();
    const { budget, link } = openReplica(redis.url, { callsPerMinute: 2, replicas: 50 });
    const lost = turned(link, true);
    await redis.kill();
    expect(await taken(budget, 5)).toBe(1);
    await lost;
  });

  it('one that falls silent counts as lost, and the call that asked goes on within the share', async () => {
    const redis = await startRedis();
    const { budget, link } = openReplica(redis.url);
    await link.send(['PING']);
    redis.freeze();
    expect(await taken(budget, 9)).toBe(2);
    expect(link.isAway()).toBe(true);
    redis.thaw();
  });

  it('a Redis that comes back empty gives no replica more than its share until a window has passed', async () => {
    const redis = await startRedis();
    const { budget, link, clock } = openReplica(redis.url);
    expect(await taken(budget, 1)).toBe(1);
    const lost = turned(link, true);
    await redis.kill();
    await lost;
    const back = turned(link, false);
    await redis.restart();
    await back;
    expect(await taken(budget, 9)).toBe(1);
    expect(budget.read()).toMatchObject({ limit: 2, left: 0 });
    clock.now += 61_000;
    expect(budget.read()).toMatchObject({ limit: 4, left: 2 });
    expect(await taken(budget, 9)).toBe(2); // Two calls are still under way.
  });

  it('a block that came before or meanwhile is obeyed', async () => {
    const redis = await startRedis();
    const { budget, link } = openReplica(redis.url);
    budget.block('c', 5000);
    const lost = turned(link, true);
    await redis.kill();
    await link.send(['PING']).catch(() => undefined);
    await lost;
    expect(await budget.take('c')).toEqual({ ok: false, retryAfterMs: 5000 });
    budget.block('c', 9000);
    expect(await budget.waitsMs('c', 1)).toEqual([9000]);
  });
});
