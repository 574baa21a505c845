/** Cached answers that replicas share: what is read is what was cached, and nobody else can read it. */
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createAnswerStore } from '../../src/store/answer-cache.ts';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import { createRedisLink, type RedisLink } from '../../src/store/redis-link.ts';
import { createSharedAnswers } from '../../src/store/shared-answers.ts';
import type { LedgerPage } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from '../ledger/model.ts';
import { startRedis } from './redis-server.ts';

const links: RedisLink[] = [];
const secret = 'a secret for tests that is long enough';
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

function openReplica(url: string, idSecret = secret) {
  const link = createRedisLink(url);
  links.push(link);
  const clock = { now: 0 };
  const now = () => clock.now;
  const own = createAnswerStore(now, 100_000_000);
  return {
    link,
    clock,
    store: createSharedAnswers({ own, link, keys: deriveRedisKeys(idSecret), wallNow: now }),
  };
}

function pageOf(length: number, pageNumber: number, limit = 10) {
  const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;
  return modelPage(fullList(length), { identifier, filter: {}, limit, pageNumber });
}

const turned = (link: RedisLink, isAway: boolean) =>
  new Promise<void>((resolve) => link.onChange((now) => now === isAway && resolve()));

const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const textOrNull = fc.option(text);
const anyPage: fc.Arbitrary<LedgerPage> = fc.record({
  details: fc.record({
    userId: text,
    externalId: textOrNull,
    firstName: textOrNull,
    lastName: textOrNull,
    entityType: textOrNull,
  }),
  pageNumber: fc.nat(),
  pageSize: fc.integer({ min: 1, max: 100 }),
  totalEntries: fc.nat(),
  entries: fc.array(
    fc.record({
      pointsCategory: text,
      programId: text,
      programName: textOrNull,
      closingBalance: text,
      alternateCurrency: textOrNull,
      alternateCurrencyCategory: textOrNull,
    }),
  ),
  warnings: fc.array(fc.record({ code: textOrNull, message: text }), { maxLength: 3 }),
});

describe('while Redis is there', () => {
  it('what one replica caches another reads, exactly, for any page or none', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    let list = 0;
    await fc.assert(
      fc.asyncProperty(fc.option(anyPage), async (answer) => {
        list += 1;
        one.store.write(`list ${list}`, answer, 10_000);
        await one.link.send(['PING']);
        // Again after a miss: one in thousands of replies takes longer than a read may wait, on a busy machine.
        await vi.waitFor(async () => expect(await two.store.read(`list ${list}`)).toEqual([answer]));
      }),
    );
  });

  it('pages are read together, each until it expires, and by no other list', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    one.store.write('list', pageOf(25, 0), 10_000);
    one.store.write('list', pageOf(25, 1), 20_000);
    await one.link.send(['PING']);
    expect(await two.store.read('list')).toHaveLength(2);
    expect(await two.store.read('another')).toEqual([]);
    two.clock.now = 10_000;
    expect(await two.store.read('list')).toEqual([pageOf(25, 1)]);
  });

  it('pages with another total are dropped, whichever replica cached them, and so is a customer that is not there', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    for (const answer of [pageOf(25, 0), pageOf(26, 1), null]) {
      one.store.write('list', pageOf(25, 2), 10_000);
      await one.link.send(['PING']);
      two.store.write('list', answer, 10_000);
      await two.link.send(['PING']);
      const expected = answer?.totalEntries === 25 ? [pageOf(25, 2), answer] : [answer];
      const sorted = (await one.store.read('list')).toSorted(
        (a, b) => (b?.pageNumber ?? 0) - (a?.pageNumber ?? 0),
      );
      expect(sorted).toEqual(expected);
    }
  });

  it('no entry can be read, and every entry expires', async () => {
    const { url } = await startRedis();
    const { store, link } = openReplica(url);
    store.write('scope MOBILE 447700900012', pageOf(25, 0), 10_000);
    store.write('scope EMAIL jo@shop.example', null, 10_000);
    const names = (await link.send(['KEYS', '*'])) as Buffer[];
    expect(names).toHaveLength(2);
    for (const name of names) {
      const held = (await link.send(['HGETALL', name])) as Buffer[];
      const everything = Buffer.concat([name, ...held]).toString('latin1');
      expect(everything).not.toMatch(/4477|shop|scope|entries|closing|null|until|total|page/);
      expect(Number(await link.send(['PTTL', name]))).toBeGreaterThan(0);
    }
  });

  it('a corrupted, moved or foreign value is a miss', async () => {
    const { url } = await startRedis();
    const [one, two, foreign] = [
      openReplica(url),
      openReplica(url),
      openReplica(url, 'another secret, 32 characters or more'),
    ];
    one.store.write('list', pageOf(25, 0), 10_000);
    await one.link.send(['PING']);
    expect(await foreign.store.read('list')).toEqual([]);
    const [name] = (await one.link.send(['KEYS', '*'])) as Buffer[];
    if (name === undefined) throw new Error('Expected a key');
    const fields = (await one.link.send(['HGETALL', name])) as Buffer[];
    one.store.write('other', pageOf(25, 0), 10_000);
    const other = ((await one.link.send(['KEYS', '*'])) as Buffer[]).find((key) => !key.equals(name));
    if (other === undefined) throw new Error('Expected another key');
    await one.link.send(['DEL', other]);
    await one.link.send(['HSET', other, ...fields]);
    expect(await two.store.read('other')).toEqual([]);
    for (let index = 1; index < fields.length; index += 2)
      fields[index]?.writeUInt8(fields[index]?.at(20) === 0 ? 1 : 0, 20 % (fields[index]?.length ?? 1));
    await one.link.send(['HSET', name, ...fields, 'x', '']);
    expect(await two.store.read('list')).toEqual([]);
    await one.link.send(['DEL', name]);
    await one.link.send(['SET', name, 'a text']);
    expect(await two.store.read('list')).toEqual([]);
  });

  it('a list has no more than 64 pages there, and no answer over 64 KiB', async () => {
    const { url } = await startRedis();
    const [one, two] = [openReplica(url), openReplica(url)];
    for (let number = 0; number < 70; number += 1) one.store.write('list', pageOf(1000, number), 10_000);
    const huge = pageOf(25, 0);
    if (huge === null) throw new Error('Expected a page');
    const details = { ...huge.details, firstName: 'x'.repeat(70_000) };
    one.store.write('huge', { ...huge, details }, 10_000);
    await one.link.send(['PING']);
    expect(await two.store.read('list')).toHaveLength(6);
    expect(await two.store.read('huge')).toEqual([]);
    expect(await one.store.read('huge')).toHaveLength(1);
  });
});

describe('when Redis is lost', () => {
  it('a replica reads its own answers synchronously', async () => {
    const redis = await startRedis();
    const { store, link } = openReplica(redis.url);
    store.write('list', pageOf(25, 0), 10_000);
    const lost = turned(link, true);
    await link.send(['PING']);
    await redis.kill();
    await lost;
    expect(store.read('list')).toEqual([pageOf(25, 0)]); // Not a promise.
    store.write('list', pageOf(25, 1), 10_000);
    expect(store.read('list')).toHaveLength(2);
    const back = turned(link, false);
    await redis.restart();
    await back;
    expect(await store.read('list')).toHaveLength(2);
  });

  it('an answer that comes too late is a miss', async () => {
    const redis = await startRedis();
    const [one, two] = [openReplica(redis.url), openReplica(redis.url)];
    one.store.write('list', pageOf(25, 0), 10_000);
    await Promise.all([one.link.send(['PING']), two.link.send(['PING'])]);
    redis.freeze();
    const startedAt = performance.now();
    expect(await two.store.read('list')).toEqual([]);
    expect(await one.store.read('list')).toHaveLength(1);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    redis.thaw();
  });
});
