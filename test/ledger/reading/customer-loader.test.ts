/** The request's loader: what it does before the first call, and in which order. */

import { expect, it } from 'vitest';
import { createReceiptBook } from '../../../src/ledger/arguments/receipt.ts';
import { limitsUpTo } from '../../../src/ledger/list/block.ts';
import { createCallAllowance } from '../../../src/ledger/reading/call-allowance.ts';
import { createCustomerLoader } from '../../../src/ledger/reading/customer-loader.ts';
import { fullList, modelPage } from '../model.ts';
import { windowOf } from '../reading.ts';

it('sets the calls of all lists of all customers aside before it reads any', async () => {
  const order: string[] = [];
  const allowance = createCallAllowance(10);
  const loader = createCustomerLoader({
    limits: limitsUpTo(10, false),
    signal: new AbortController().signal,
    receipt: createReceiptBook(),
    allowance: {
      ...allowance,
      share(price) {
        order.push('set aside');
        return allowance.share(price);
      },
    },
    sourceOf: (identifier, filter) => ({
      kept: () => {
        order.push('read');
        return [];
      },
      underWay: () => [],
      fetch: async (block) => modelPage(fullList(3), { identifier, filter, ...block }),
    }),
  });
  const balances = ['1', '2'].map((tillId) => ({
    key: tillId,
    filter: { tillId },
    window: windowOf('forward', 3),
  }));
  const demands = ['1', '2'].map((value) => {
    const identifier = { name: 'MOBILE', value, source: 'INSTORE' } as const;
    return { identifier, hasDetails: false, balances };
  });
  const readings = await Promise.all(demands.map((demand) => loader.load(demand)));
  expect(readings.map((reading) => reading?.balances.size)).toEqual([2, 2]);
  expect(order).toEqual([...Array(4).fill('set aside'), ...Array(4).fill('read')]);
});
