/** What replicas notice of a Redis that none of them asks: that it stands still, that it has forgotten, who waits elsewhere. */

import { describe, expect, it } from 'vitest';
import { createBudgetLine } from '../../src/upstream/budget-line.ts';
import { beats, openReplica, taken, takePlace, turned } from './budget-replicas.ts';
import { startRedis } from './redis-server.ts';
import { startRelay } from './relay.ts';

type Replica = ReturnType<typeof openReplica>;

/** Resolves when a replica doubts that Redis knows all. */
const doubted = ({ pulse }: Replica) => new Promise<string>((resolve) => pulse.onDoubt(resolve));

/** Two replicas, of which each has made a call that was never sent: both feel the pulse. */
async function openTwo(over: Parameters<typeof openReplica>[1] = {}) {
  const redis = await startRedis();
  const [one, two] = [openReplica(redis.url, over), openReplica(redis.url, over)];
  for (const { budget } of [one, two]) (await takePlace(budget))(false);
  return { redis, one, two };
}

describe('a Redis that stands still for a while', () => {
  it.each([700, 900, 1200])(
    'of %i ms lets two replicas make no more than allowed, though one alone asked',
    async (ms) => {
      const { redis, one, two } = await openTwo({ callsPerMinute: 60 });
      redis.freeze();
      const asked = taken(one.budget, 60);
      await new Promise((resolve) => setTimeout(resolve, ms));
      redis.thaw();
      const [first, second] = [await asked, await taken(two.budget, 60)];
      const all = first + second + (await taken(one.budget, 60));
      expect(all).toBeLessThanOrEqual(60);
      expect(all).toBeGreaterThanOrEqual(30);
    },
  );

  it('is noticed by a replica that asked nothing', async () => {
    const { redis, two } = await openTwo({ callsPerMinute: 60 });
    // By its doubt; or, should its next beat come late on a busy machine, by what it last asked and was not answered.
    const noticed = Promise.race([doubted(two), turned(two.link, true)]);
    redis.freeze();
    await noticed;
    redis.thaw();
    const share = await taken(two.budget, 60);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(30);
  });

  it('of a fraction of a second changes nothing', async () => {
    const { redis, one, two } = await openTwo({ callsPerMinute: 60 });
    redis.freeze();
    const asked = taken(one.budget, 40);
    await new Promise((resolve) => setTimeout(resolve, 250));
    redis.thaw();
    expect([await asked, await taken(two.budget, 40)]).toEqual([40, 20]);
    expect(one.budget.read()).toMatchObject({ limit: 60 });
  });
});

describe('a Redis that has forgotten everything', () => {
  it('is told again of the calls that were made, by whoever made them', async () => {
    const { one, two } = await openTwo();
    expect(await taken(one.budget, 4)).toBe(4);
    const noticed = Promise.all([doubted(one), doubted(two)]);
    await two.link.send(['FLUSHALL']);
    expect(await noticed).toEqual(['forgetful', 'forgetful']);
    await beats(one, 1);
    expect(await taken(two.budget, 4)).toBe(0);
  });

  it('gives nobody a place who holds others that it does not count', async () => {
    const { one, two } = await openTwo({ callsPerMinute: 10 });
    expect([await taken(one.budget, 4), await taken(two.budget, 4)]).toEqual([4, 4]);
    const flushed = two.link.send(['FLUSHALL']);
    const firstAsk = two.budget.take('c'); // On the same connection: right behind it.
    await flushed;
    expect(await firstAsk).toEqual({ ok: false, retryAfterMs: 1 });
    await Promise.all([beats(one, 2), beats(two, 2)]);
    const all = (await taken(two.budget, 10)) + (await taken(one.budget, 10));
    expect(all).toBeLessThanOrEqual(2);
  });

  it('is told again of one account that it has dropped, and its replicas keep to what they were allowed', async () => {
    const { one, two } = await openTwo();
    expect(await taken(one.budget, 3)).toBe(3);
    await two.link.send([
      'EVAL',
      "for _, key in ipairs(redis.call('KEYS', 'lbg:*')) do if redis.call('TYPE', key).ok == 'zset' then redis.call('DEL', key) end end",
      '0',
    ]);
    await beats(one, 2);
    expect(await taken(two.budget, 4)).toBe(1);
    expect(two.budget.read()).toMatchObject({ limit: 4 });
  });

  it('learns, when it is back, of the calls that were made without it', async () => {
    const { redis, one, two } = await openTwo({ callsPerMinute: 10, replicas: 5 });
    const lost = Promise.all([turned(one.link, true), turned(two.link, true)]);
    await redis.kill();
    await lost;
    const alone = await taken(one.budget, 9);
    expect(alone).toBeGreaterThan(0);
    const back = Promise.all([turned(one.link, false), turned(two.link, false)]);
    await redis.restart();
    await back;
    await beats(two, 2);
    const third = openReplica(redis.url, { callsPerMinute: 10, replicas: 5 }); // Started anew: it keeps to no share.
    expect(await taken(third.budget, 10)).toBe(10 - alone);
  });
});

describe('a replica that was on its own with its doubt', () => {
  it('takes none of what the others have taken since, when Redis is lost', async () => {
    const redis = await startRedis();
    const relay = await startRelay(redis.url);
    const one = openReplica(relay.url, { callsPerMinute: 60 });
    const two = openReplica(redis.url, { callsPerMinute: 60 });
    const felt = Promise.all([beats(one, 1), beats(two, 1)]);
    for (const { budget } of [one, two]) (await takePlace(budget))(false);
    await felt;
    const doubt = doubted(one);
    relay.holdUp(870); // The next beat is sent within 200 ms, and answered later than 650 ms after.
    await doubt;
    expect(await taken(two.budget, 60)).toBe(60);
    await beats(one, 2);
    const lost = turned(one.link, true);
    await redis.kill();
    await lost;
    expect(await taken(one.budget, 60)).toBe(0);
  });
});

describe('a first connection that takes its time', () => {
  it('is no reason to doubt Redis', async () => {
    const redis = await startRedis();
    const relay = await startRelay(redis.url);
    relay.holdUp(750);
    const one = openReplica(relay.url, { callsPerMinute: 60 });
    let doubts = 0;
    one.pulse.onDoubt(() => {
      doubts += 1;
    });
    const felt = beats(one, 3);
    expect(await taken(one.budget, 1)).toBe(1);
    await felt;
    expect([doubts, one.budget.read().limit]).toEqual([0, 60]);
  });
});

describe('a burst of as many calls as there are places', () => {
  it('is served, all of it, and two more are told at once that they come too late', async () => {
    const redis = await startRedis();
    for (let round = 0; round < 8; round += 1) {
      const { budget } = openReplica(redis.url, { callsPerMinute: 20, replicas: 1 });
      const line = createBudgetLine(budget, `round ${round}`, () => performance.now());
      const { signal } = new AbortController();
      const deadlineAt = performance.now() + 30_000;
      const codes = await Promise.all(
        Array.from({ length: 22 }, () =>
          line.wait({ subject: 's', deadlineAt: () => deadlineAt, signal }).then(
            () => 'place',
            ({ code }: { code: string }) => code,
          ),
        ),
      );
      expect(codes.filter((code) => code === 'place')).toHaveLength(20);
      expect(codes.filter((code) => code === 'RATE_LIMITED')).toHaveLength(2);
    }
  });
});

describe('an idle replica', () => {
  it('knows what the others have called for when Redis is lost', async () => {
    const { redis, one, two } = await openTwo({ callsPerMinute: 10 });
    expect(await taken(one.budget, 9)).toBe(9);
    await beats(two, 2);
    const lost = turned(two.link, true);
    await redis.kill();
    await lost;
    expect(await taken(two.budget, 10)).toBe(0); // Of the one that was left none knows whose it is.
  });
});

describe('calls that wait at several replicas', () => {
  it('share out the places that come free, so that none waits for one that another replica will have', async () => {
    const { one, two } = await openTwo({ windowMs: 60_000 });
    for (let place = 0; place < 4; place += 1) (await takePlace(one.budget))(true);
    await one.budget.waitsMs('c', 4, 4);
    const waits = await two.budget.waitsMs('c', 4, 4);
    const windows = waits.map((wait) => Math.ceil(wait / 60_000));
    expect(windows).toEqual([1, 1, 2, 2]); // The first is taken for equal to the other's first.
  });

  it('are believed for no longer than they are told of', async () => {
    const { one, two } = await openTwo();
    for (let place = 0; place < 4; place += 1) (await takePlace(one.budget))(true);
    await one.budget.waitsMs('c', 4, 4);
    await one.budget.waitsMs('c', 0, 0);
    const waits = await two.budget.waitsMs('c', 4, 4);
    expect(waits.map((wait) => Math.ceil(wait / 60_000))).toEqual([1, 1, 1, 1]);
  });
});

describe('a replica whose processor is saturated', () => {
  it('neither doubts Redis nor takes it for away: Redis answers at once, and the replica reads late', async () => {
    const redis = await startRedis();
    const one = openReplica(redis.url, { callsPerMinute: 60 });
    let doubts = 0;
    one.pulse.onDoubt(() => {
      doubts += 1;
    });
    const felt = beats(one, 3);
    expect(await taken(one.budget, 1)).toBe(1);
    await felt;
    const until = performance.now() + 6000;
    const more = beats(one, 3);
    while (performance.now() < until) {
      const turnEndsAt = performance.now() + 700;
      while (performance.now() < turnEndsAt); // As five hundred requests do that arrive in one turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await more;
    expect([doubts, one.link.isAway(), one.budget.read().limit]).toEqual([0, false, 60]);
  });
});
