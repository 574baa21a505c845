/** The request's loader, before the first call. */

import { expect, it } from 'vitest';
import { limitsUpTo } from '../../../src/ledger/list/block.ts';
import { createCallAllowance } from '../../../src/ledger/reading/call-limits.ts';
import { createCustomerLoader } from '../../../src/ledger/reading/customer-loader.ts';
import { createReceiptBook } from '../../../src/ledger/source/receipt.ts';
import { fullList, modelPage } from '../model.ts';
import { listOf, windowOf } from '../reading.ts';

/** A loader of lists of three entries, what it asks for, and the calls that are not reserved when it reads a list. */
function openLoader() {
  const asked: string[] = [];
  const free: number[] = [];
  const allowance = createCallAllowance(10);
  const loader = createCustomerLoader({
    limits: limitsUpTo(10, false),
    listOf,
    signal: new AbortController().signal,
    receipt: createReceiptBook(),
    allowance,
    sourceOf: ({ identifier, filter }) => ({
      cached: () => {
        free.push(allowance.free);
        return [];
      },
      inFlight: () => [],
      fetch: async (block) => {
        asked.push('call');
        return modelPage(fullList(3), { identifier, filter, ...block });
      },
    }),
  });
  return { asked, free, loader };
}

const amara = { name: 'MOBILE', value: '1', source: 'INSTORE' } as const;

it('reserves the calls of all lists of all customers before it reads any', async () => {
  const { asked, free, loader } = openLoader();
  const demands = ['1', '2'].map((value) => {
    const identifier = { ...amara, value };
    const balances = ['1', '2'].map((tillId) => ({
      key: tillId,
      list: listOf(identifier, { tillId }),
      window: windowOf('forward', 3),
    }));
    return { identifier, hasDetails: false, balances };
  });
  const readings = await Promise.all(demands.map((demand) => loader.load(demand)));
  expect(readings.map((reading) => reading?.balances.size)).toEqual([2, 2]);
  expect(free).toEqual([6, 6, 6, 6]);
  expect(asked).toHaveLength(4);
});

it('keeps customers apart whose identifiers would read alike if they were joined', async () => {
  const { asked, loader } = openLoader();
  const identifiers = [
    { ...amara, value: '12' },
    { ...amara, value: '1', accountId: '2' },
    { ...amara, value: '1 1' },
    { ...amara, value: '1', accountId: ' 1' },
  ];
  await Promise.all(
    identifiers.map((identifier) => loader.load({ identifier, hasDetails: true, balances: [] })),
  );
  expect(asked).toHaveLength(4);
});

it('builds one page for equal windows of one list, whichever fields ask for them', async () => {
  const { asked, loader } = openLoader();
  const mark = () => ({ kind: 'gap', position: 1, skip: 0, total: 3 }) as const;
  const demand = () => ({
    identifier: { ...amara },
    hasDetails: false,
    balances: [
      { key: 'a', list: listOf(amara, {}), window: windowOf('forward', 2) },
      { key: 'b', list: listOf(amara, {}), window: windowOf('forward', 2, mark()) },
      { key: 'c', list: listOf(amara, { tillId: '1' }), window: windowOf('forward', 2) },
    ],
  });
  const readings = await Promise.all([loader.load(demand()), loader.load(demand())]);
  const [one, other] = readings.map((reading) => [...(reading?.balances.values() ?? [])]);
  expect(new Set(one).size).toBe(3);
  for (const [index, balance] of one?.entries() ?? []) expect(other?.[index]).toBe(balance);
  expect(asked).toHaveLength(2);
});
