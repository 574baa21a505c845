/** An identifier that comes to mean another person. An answer is of one person, whatever is cached and fetched. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { type Block, limitsUpTo } from '../../src/ledger/list/block.ts';
import { createCallAllowance } from '../../src/ledger/reading/call-limits.ts';
import type { BalanceDemand, CustomerReading } from '../../src/ledger/reading/customer-demand.ts';
import { createCustomerLoader } from '../../src/ledger/reading/customer-loader.ts';
import { createReceiptBook } from '../../src/ledger/source/receipt.ts';
import type { LedgerPage } from '../../src/upstream/page-request.ts';
import { fullList, modelPage } from './model.ts';
import { listOf, windowOf } from './reading.ts';

const identifier = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;

/** A page that says whose it is in each of its entries. */
function pageOf(userId: string, block: Block, length = 35): LedgerPage {
  const page = modelPage(fullList(length), { identifier, filter: {}, ...block });
  const entries = page.entries.map((entry) => ({ ...entry, pointsCategory: userId }));
  return { ...page, details: { ...page.details, userId }, entries };
}

const wholePage = (pageNumber: number): Block => ({ limit: 10, pageNumber });

type World = {
  /** By till: the pages in the cache. */
  readonly cached?: Readonly<Record<string, readonly LedgerPage[]>>;
  /** The upstream: which page it gives to a call of a list, by till; calls are counted from 0. */
  readonly answer: (block: Block, till: string, call: number) => LedgerPage | GatewayError;
  readonly cap?: number;
};

/** Reads one list for each till, all of one customer. */
async function readTills(world: World, windows: Readonly<Record<string, BalanceDemand['window']>>) {
  let calls = 0;
  const receipt = createReceiptBook();
  const loader = createCustomerLoader({
    limits: limitsUpTo(10, false),
    listOf,
    signal: new AbortController().signal,
    receipt,
    allowance: createCallAllowance(world.cap ?? 50),
    sourceOf: ({ filter: { tillId = '' } }) => ({
      cached: () => world.cached?.[tillId] ?? [],
      inFlight: () => [],
      fetch: async (block) => {
        calls += 1;
        return world.answer(block, tillId, calls - 1);
      },
    }),
  });
  const balances = Object.entries(windows).map(([tillId, window]) => ({
    key: tillId,
    list: listOf(identifier, { tillId }),
    window,
  }));
  const reading = await loader
    .load({ identifier, hasDetails: true, balances })
    .catch((error: unknown) => error);
  return { reading, calls, cached: receipt.kept };
}

type Outcome = Awaited<ReturnType<typeof readTills>>['reading'];

function customerOf(outcome: Outcome): CustomerReading {
  if (typeof outcome === 'object' && outcome !== null && 'balances' in outcome)
    return outcome as CustomerReading;
  throw new Error('Expected a customer', { cause: outcome });
}

/** What each balance shows: the number of entries, their owners and warnings, or the code of its error. */
function shown(outcome: Outcome) {
  const { details, balances } = customerOf(outcome);
  const lists = [...balances.values()].map((balance) => {
    if (balance instanceof Error) return 'code' in balance ? balance.code : balance;
    const { edges, warnings } = balance.page;
    const owners = [...new Set(edges.map(({ node }) => node.pointsCategory))];
    return [edges.length, owners.join(), warnings.map(({ code }) => code).join()];
  });
  return [details?.userId, ...lists];
}

const forward = (size: number) => windowOf('forward', size);

describe('a list whose identifier comes to mean another person', () => {
  it('between two calls ends before the other person’s entries', async () => {
    const answer = (block: Block, _: string, call: number) => pageOf(call === 0 ? '1' : '2', block);
    const { reading, calls } = await readTills({ answer }, { a: forward(30) });
    expect(shown(reading)).toEqual(['1', [10, '1', 'LIST_INCOMPLETE']]);
    const [balance] = customerOf(reading).balances.values();
    expect(balance).toMatchObject({
      page: {
        hasNextPage: true,
        endMark: { kind: 'gap', position: 10 },
        warnings: [{ message: expect.stringContaining('UPSTREAM_BAD_RESPONSE') }],
      },
    });
    expect(calls).toBe(3);
  });

  it('after a page was cached is read again, that page included', async () => {
    const cached = { a: [pageOf('1', wholePage(0))] };
    const read = await readTills({ cached, answer: (block) => pageOf('2', block) }, { a: forward(20) });
    expect(shown(read.reading)).toEqual(['2', [20, '2', '']]);
    expect([read.calls, read.cached]).toEqual([2, 0]);
  });

  it('while pages were cached uses none of the cached pages', async () => {
    const cached = { a: [pageOf('1', wholePage(0)), pageOf('2', wholePage(1))] };
    const read = await readTills({ cached, answer: (block) => pageOf('2', block) }, { a: forward(20) });
    expect(shown(read.reading)).toEqual(['2', [20, '2', '']]);
    expect([read.calls, read.cached]).toEqual([2, 0]);
  });

  it('never uses a cached page that it did not need at first', async () => {
    const cached = { a: [pageOf('1', wholePage(0)), pageOf('1', wholePage(3))] };
    const windows = { a: forward(35) };
    const read = await readTills({ cached, answer: (block) => pageOf('2', block) }, windows);
    expect(shown(read.reading)).toEqual(['2', [35, '2', '']]);
    expect([read.calls, read.cached]).toEqual([4, 0]);
  });
});

describe('lists of one customer that are of two people', () => {
  it('are shown when they are of the first list’s person, and refused when not', async () => {
    const answer = (block: Block, till: string) => pageOf(till === 'b' ? '2' : '1', block);
    const windows = { a: forward(10), b: forward(10), c: forward(10) };
    const { reading, calls } = await readTills({ answer }, windows);
    expect(shown(reading)).toEqual(['1', [10, '1', ''], 'UPSTREAM_BAD_RESPONSE', [10, '1', '']]);
    expect(calls).toBe(3);
  });

  it('are read again when they were cached and a call shows another person', async () => {
    const cached = { a: [pageOf('1', wholePage(0))], c: [pageOf('2', wholePage(0))] };
    const windows = { a: forward(10), b: forward(10), c: forward(10) };
    const read = await readTills({ cached, answer: (block) => pageOf('2', block) }, windows);
    expect(shown(read.reading)).toEqual(['2', [10, '2', ''], [10, '2', ''], [10, '2', '']]);
    expect([read.calls, read.cached]).toEqual([2, 1]);
  });

  it('are all read again when all were cached', async () => {
    const cached = { a: [pageOf('1', wholePage(0))], b: [pageOf('2', wholePage(0))] };
    const windows = { a: forward(10), b: forward(10) };
    const read = await readTills({ cached, answer: (block) => pageOf('2', block) }, windows);
    expect(shown(read.reading)).toEqual(['2', [10, '2', ''], [10, '2', '']]);
    expect([read.calls, read.cached]).toEqual([2, 0]);
  });

  it('are refused when no call is left to read them again', async () => {
    const cached = { a: [pageOf('1', wholePage(0))] };
    const windows = { a: forward(10), b: forward(10) };
    const empty = (block: Block) => ({ ...pageOf('2', block), entries: [] });
    const read = await readTills({ cached, answer: empty, cap: 2 }, windows);
    expect(shown(read.reading)).toEqual(['2', 'OPERATION_TOO_EXPENSIVE', [0, '', 'LIST_INCOMPLETE']]);
    expect(read.calls).toBe(2);
  });

  it('cost no call when they were cached of one person', async () => {
    const cached = { a: [pageOf('1', wholePage(0))], b: [pageOf('1', wholePage(0))] };
    const windows = { a: forward(10), b: forward(10) };
    const read = await readTills(
      { cached, answer: () => new GatewayError('INTERNAL_SERVER_ERROR', 'Expected no call') },
      windows,
    );
    expect(shown(read.reading)).toEqual(['1', [10, '1', ''], [10, '1', '']]);
    expect([read.calls, read.cached]).toEqual([0, 2]);
  });
});

const anyPerson = fc.constantFrom('1', '1', '2', '3');
const anyTills = fc.subarray(['a', 'b', 'c'], { minLength: 1 });
const anyWindow = fc
  .tuple(fc.constantFrom('forward' as const, 'backward' as const), fc.integer({ min: 0, max: 45 }))
  .map(([direction, size]) => windowOf(direction, size));
const anyCached = fc
  .array(fc.tuple(anyPerson, fc.nat(3)), { maxLength: 3 })
  .map((pages) => pages.map(([userId, pageNumber]) => pageOf(userId, wholePage(pageNumber))));
const anyTillsOf = <T>(value: fc.Arbitrary<T>) => fc.record({ a: value, b: value, c: value });

describe('pages of any people', () => {
  it('show only the person that the answer names, within the calls allowed', async () => {
    const scenes = fc.record({
      tills: anyTills,
      windows: anyTillsOf(anyWindow),
      cached: anyTillsOf(anyCached),
      people: fc.infiniteStream(anyPerson),
      lengths: fc.record({ 1: fc.nat(35), 2: fc.nat(35), 3: fc.nat(35) }),
    });
    await fc.assert(
      fc.asyncProperty(scenes, async ({ tills, windows, cached, people, lengths }) => {
        const answer = (block: Block) => {
          const userId = people.next().value as '1' | '2' | '3';
          return pageOf(userId, block, lengths[userId]);
        };
        const asked = Object.fromEntries(tills.map((till) => [till, windows[till as 'a']]));
        const { reading, calls } = await readTills({ answer, cached, cap: 20 }, asked);
        expect(calls).toBeLessThanOrEqual(20);
        if (reading instanceof GatewayError && reading.code === 'OPERATION_TOO_EXPENSIVE') return;
        const { details, balances } = customerOf(reading);
        const owners = [...balances.values()].flatMap((balance) =>
          balance instanceof Error ? [] : balance.page.edges.map(({ node }) => node.pointsCategory),
        );
        expect([...new Set([details?.userId, ...owners])]).toEqual([details?.userId]);
      }),
      { numRuns: 2000 },
    );
  });

  it('give a whole answer when only cached pages are of other people', async () => {
    const scenes = fc.record({ windows: anyTillsOf(anyWindow), cached: anyTillsOf(anyCached) });
    await fc.assert(
      fc.asyncProperty(scenes, async ({ windows, cached }) => {
        const withNew = { ...windows, d: forward(10) };
        const { reading } = await readTills({ answer: (block) => pageOf('9', block), cached }, withNew);
        const sizes = Object.values(withNew).map(({ size }) => Math.min(size, 35));
        expect(shown(reading)).toEqual(['9', ...sizes.map((size) => [size, size > 0 ? '9' : '', ''])]);
      }),
      { numRuns: 1000 },
    );
  });
});
