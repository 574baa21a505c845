/** The budget of replicas when Redis is away: each goes on with its share, less its own calls. */

import { describe, expect, it } from 'vitest';
import { openReplica, taken, takeOne, turned, waitsOf } from './budget-replicas.ts';
import { startRedis } from './redis-server.ts';

describe('when Redis is lost', () => {
  it('each replica goes on at once with its share, less its own calls of the last window', async () => {
    const redis = await startRedis();
    const over = { callsPerMinute: 8, replicas: 3 };
    const [one, two] = [openReplica(redis.url, over), openReplica(redis.url, over)];
    expect(await taken(one.budget, 1)).toBe(1);
    expect(await taken(two.budget, 7)).toBe(7);
    const lost = Promise.all([turned(one.link, true), turned(two.link, true)]);
    await redis.kill();
    await lost;
    expect(one.budget.read()).toMatchObject({ limit: 2, left: 1 });
    expect(two.budget.read()).toMatchObject({ limit: 2, left: 0 });
    expect(await taken(one.budget, 9)).toBe(1); // On top of the eight: once per loss.
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

  it('a Redis that stops answering counts as lost, and the call that asked goes on within the share', async () => {
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
    (await takeOne(budget))(true);
    const lost = turned(link, true);
    await redis.kill();
    await lost;
    const back = turned(link, false);
    await redis.restart();
    await back;
    expect(await taken(budget, 9)).toBe(1);
    expect(budget.read()).toMatchObject({ limit: 2, left: 0 });
    clock.now += 61_000;
    expect(budget.read()).toMatchObject({ limit: 4, left: 3 });
    expect(await taken(budget, 9)).toBe(3); // One call is still under way, and Redis knows of it.
  });

  it('a block counts if it came before the question or during it', async () => {
    const redis = await startRedis();
    const { budget, link } = openReplica(redis.url);
    budget.block('c', 5000);
    const lost = turned(link, true);
    await redis.kill();
    await link.send(['PING']).catch(() => undefined);
    await lost;
    expect(await waitsOf(budget, 1)).toEqual([5000]);
    budget.block('c', 9000);
    expect(await waitsOf(budget, 1)).toEqual([9000]);
  });
});
