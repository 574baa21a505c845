/** The request's loader, before the first call. */

import { expect, it } from 'vitest';
import { limitsUpTo } from '../../../src/ledger/list/block.ts';
import { createCallAllowance } from '../../../src/ledger/reading/call-limits.ts';
import { createCustomerLoader } from '../../../src/ledger/reading/customer-loader.ts';
import { createReceiptBook } from '../../../src/ledger/source/receipt.ts';
import { fullList, modelPage } from '../model.ts';
import { listOf, windowOf } from '../reading.ts';

it('reserves the calls of all lists of all customers before it reads any', async () => {
  const order: string[] = [];
  const allowance = createCallAllowance(10);
  const loader = createCustomerLoader({
    limits: limitsUpTo(10, false),
    listOf,
    signal: new AbortController().signal,
    receipt: createReceiptBook(),
    allowance: {
      ...allowance,
      reserve(price) {
        order.push('reserve');
        return allowance.reserve(price);
      },
    },
    sourceOf: ({ identifier, filter }) => ({
      cached: () => {
        order.push('read');
        return [];
      },
      inFlight: () => [],
      fetch: async (block) => modelPage(fullList(3), { identifier, filter, ...block }),
    }),
  });
  const demands = ['1', '2'].map((value) => {
    const identifier = { name: 'MOBILE', value, source: 'INSTORE' } as const;
    const balances = ['1', '2'].map((tillId) => ({
      key: tillId,
      list: listOf(identifier, { tillId }),
      window: windowOf('forward', 3),
    }));
    return { identifier, hasDetails: false, balances };
  });
  const readings = await Promise.all(demands.map((demand) => loader.load(demand)));
  expect(readings.map((reading) => reading?.balances.size)).toEqual([2, 2]);
  expect(order).toEqual([...Array(4).fill('reserve'), ...Array(4).fill('read')]);
});
