/** The budget of replicas when Redis is away: each by itself, and all together within it. */

import { describe, expect, it } from 'vitest';
import { beats, openReplica, taken, takePlace, turned } from './budget-replicas.ts';
import { startRedis } from './redis-server.ts';

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
    expect(one.budget.read()).toMatchObject({ limit: 2, left: 0 });
    expect(two.budget.read()).toMatchObject({ limit: 2, left: 0 });
    expect(await taken(one.budget, 9)).toBe(0); // The other has made all that were left.
    expect(await taken(two.budget, 9)).toBe(0);
    one.clock.now += 61_000;
    expect(await taken(one.budget, 9)).toBe(1); // Its first call is still under way.
  });

  it.each([
    [6, 0],
    [5, 1],
    [3, 3],
    [1, 4],
    [0, 2],
  ])('two that had made %i and %i of 8 make no more than 8 together', async (first, second) => {
    const redis = await startRedis();
    const over = { callsPerMinute: 8 };
    const [one, two] = [openReplica(redis.url, over), openReplica(redis.url, over)];
    const before = (await taken(one.budget, first)) + (await taken(two.budget, second));
    for (const { budget } of [one, two]) (await takePlace(budget))(false);
    await Promise.all([beats(one, 2), beats(two, 2)]); // Both know it all.
    const lost = Promise.all([turned(one.link, true), turned(two.link, true)]);
    await redis.kill();
    await lost;
    const all = before + (await taken(one.budget, 9)) + (await taken(two.budget, 9));
    expect(before).toBe(first + second);
    expect(all).toBeLessThanOrEqual(8);
    expect(all).toBeGreaterThan(before);
  });

  it.each([1, 49])(
    'two make no more than allowed together though one asked for %i places as Redis fell silent',
    async (inFlight) => {
      const redis = await startRedis();
      const over = { callsPerMinute: 100 };
      const [one, two] = [openReplica(redis.url, over), openReplica(redis.url, over)];
      expect([await taken(one.budget, 90), await taken(two.budget, 1)]).toEqual([90, 1]);
      redis.freeze();
      const [more, others] = [await taken(two.budget, inFlight), await taken(one.budget, 1)];
      const all = 91 + more + others + (await taken(two.budget, 100)) + (await taken(one.budget, 100));
      expect(all).toBe(95); // Half of the nine that were left, rounded down, for who has not had its share.
      redis.thaw();
    },
  );

  it('one that had not asked before has its share', async () => {
    const redis = await startRedis();
    const { budget, link } = openReplica(redis.url);
    await link.send(['PING']);
    const lost = turned(link, true);
    await redis.kill();
    await lost;
    expect(await taken(budget, 9)).toBe(2);
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
