/** The budget of all replicas: one door, whoever goes through it. */

import { describe, expect, it } from 'vitest';
import { openReplica, taken, takeOne, turned, waitsOf } from './budget-replicas.ts';
import { startRedis } from './redis-server.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('while Redis is there', () => {
  it('replicas share one budget for each credential', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    expect(await taken(one.budget, 3)).toBe(3);
    expect(await taken(two.budget, 3)).toBe(1);
    expect(await taken(two.budget, 9, 'another')).toBe(4);
  });

  it('a permit is free one window after its call ended, for all replicas', async () => {
    const { url } = await startRedis();
    const over = { callsPerMinute: 1, windowMs: 300 };
    const [one, two] = [openReplica(url, over), openReplica(url, over)];
    const release = await takeOne(one.budget);
    expect(await waitsOf(two.budget, 1)).toEqual([300]);
    await pause(350); // Longer than the window: the call is still under way.
    expect(await taken(two.budget, 1)).toBe(0);
    release(true);
    release(true);
    const [wait = 0] = await waitsOf(one.budget, 1);
    expect(wait).toBeGreaterThan(200);
    await pause(wait + 1);
    expect(await taken(two.budget, 1)).toBe(1);
  });

  it('the permit of a call that was never sent is free at once', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url, { callsPerMinute: 1 }), openReplica(url, { callsPerMinute: 1 })];
    (await takeOne(one.budget))(false);
    await one.link.send(['PING']);
    expect(await taken(two.budget, 1)).toBe(1);
  });

  it('the permit of a replica that died is free after the longest call and a window', async () => {
    const { url } = await startRedis();
    const over = { callsPerMinute: 1, windowMs: 200, longestCallMs: 200 };
    const [one, two] = [openReplica(url, over), openReplica(url, over)];
    await takeOne(one.budget);
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
    for (const waitMs of await waitsOf(two.budget, 2)) {
      expect(waitMs).toBeGreaterThan(8000);
      expect(waitMs).toBeLessThanOrEqual(9000);
    }
    expect(await taken(two.budget, 50, 'another')).toBe(50);
  });

  it('an answer has the waits of the next permits, a window later for those beyond the budget', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    (await takeOne(one.budget))(true);
    expect(await taken(one.budget, 3)).toBe(3);
    const waits = await waitsOf(two.budget, 6);
    expect(waits[0]).toBeGreaterThan(56_000);
    expect(waits.slice(1, 4)).toEqual([61_000, 61_000, 61_000]);
    expect(waits[4]).toBeGreaterThan(117_000);
    expect(waits[5]).toBe(122_000);
  });

  it('no question gets more than the free permits divided by the replicas', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    const { permits, waitsMs } = await one.budget.take('c', 9, 0);
    expect([permits.length, waitsMs.slice(0, 2)]).toEqual([2, [0, 0]]);
    expect((await two.budget.take('c', 9, 0)).permits).toHaveLength(1);
  });

  it('a permit is left to the token call', async () => {
    const { url } = await startRedis();
    const { budget } = openReplica(url, { callsPerMinute: 2 });
    expect((await budget.take('c', 1, 1)).permits).toHaveLength(1);
    expect((await budget.take('c', 1, 1)).permits).toHaveLength(0);
    expect((await budget.take('c', 1, 0)).permits).toHaveLength(1);
  });

  it('each reports what is left for a window, with the permits of others as Redis last reported them', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    expect(await taken(one.budget, 3)).toBe(3);
    expect(one.budget.read()).toMatchObject({ limit: 4, left: 1 });
    expect(two.budget.read()).toMatchObject({ limit: 4, left: 4 }); // It has not asked yet.
    (await takeOne(two.budget))(true);
    expect(two.budget.read()).toMatchObject({ left: 0, credentials: { free: 0, spent: 1, blocked: 0 } });
    expect(one.budget.read()).toMatchObject({ left: 1 });
    expect(await taken(one.budget, 1)).toBe(0);
    expect(one.budget.read()).toMatchObject({ left: 0 });
    two.clock.now += 61_000;
    expect(two.budget.read()).toMatchObject({
      limit: 4,
      left: 4,
      credentials: { free: 0, spent: 0, blocked: 0 },
    });
  });

  it('a replica that was only refused reports that nothing is left', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    expect([await taken(one.budget, 4), await taken(two.budget, 1)]).toEqual([4, 0]);
    expect(two.budget.read()).toMatchObject({ left: 0, credentials: { spent: 1 } });
  });

  it('a replica that knows of a block obeys it also when Redis is away', async () => {
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

  it('nothing in it shows a credential', async () => {
    const { url } = await startRedis();
    const { budget, link } = openReplica(url);
    await budget.take('credential-in-clear', 1, 0);
    budget.block('credential-in-clear', 1000);
    const names = await link.send(['KEYS', '*']);
    expect(String(names)).toMatch(/^lbg:\{[\w-]{43}\}/);
    expect(String(names)).not.toContain('clear');
  });
});
