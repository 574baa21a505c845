/** A client gets what the upstream sent: digits, names, remarks, and the effect of each filter. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { BalancesQueryVariables } from '../generated/graphql.ts';
import { balances, everything } from '../operations.ts';
import { type Harness, startHarness } from './harness.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness();
});

const called = (value: string) => ({ name: 'EXTERNAL_ID', value }) as const;

/** All fields of the demonstration member of a situation, for one call. */
async function customerOf(situation: string, includeAllCurrencies = false) {
  const { data, errors } = await harness.ask(everything, {
    identifier: called(situation),
    includeAllCurrencies,
  });
  expect(errors).toBeUndefined();
  expect(harness.sandbox.callCount()).toBe(1);
  return data?.customer;
}

describe('a client gets', () => {
  it('ids beyond 2^53 to the digit', async () => {
    expect(await customerOf('huge-ids')).toMatchObject({
      userId: '9007199254740993',
      ledgerBalance: { nodes: [{ programId: '9223372036854775807', closingBalance: '10.000' }] },
    });
  });

  it('balances to the digit, however long, small or negative', async () => {
    expect(
      (await customerOf('long-decimals'))?.ledgerBalance?.nodes.map((node) => node.closingBalance),
    ).toEqual(['12345678901234567890.123', '0.001', '-0.500']);
  });

  it('the same for ids that come as strings and balances that come as numbers', async () => {
    expect(await customerOf('text-ids')).toMatchObject({
      userId: '900719925474099301',
      ledgerBalance: { nodes: [{ closingBalance: '120.000', programId: '1568' }] },
    });
  });

  it.each(['empty-names', 'absent-names'])('null for missing names: %s', async (situation) => {
    const customer = await customerOf(situation);
    expect(customer).toMatchObject({
      externalId: null,
      firstName: null,
      lastName: null,
      entityType: 'CUSTOMER',
    });
    expect(customer?.ledgerBalance?.nodes).toEqual([
      expect.objectContaining({ alternateCurrency: null, alternateCurrencyCategory: null }),
    ]);
  });

  it('any Unicode in names', async () => {
    const identifier = { name: 'EXTERNAL_ID', value: 'Zoë & Søn+1 "50%" #7/ü=?美咲 🎁' } as const;
    const { data } = await harness.ask(everything, { identifier });
    expect(data?.customer).toMatchObject({
      externalId: identifier.value,
      firstName: 'Zoë "Zo"',
      lastName: "O'Neil & Søn <b>",
    });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('another kind of entity', async () => {
    expect(await customerOf('user-group')).toMatchObject({ entityType: 'USERGROUP2' });
  });

  it('alternate currencies with name and category, when all are asked for', async () => {
    const nodes = (await customerOf('currencies', true))?.ledgerBalance?.nodes ?? [];
    expect(nodes.map((node) => [node.alternateCurrency, node.alternateCurrencyCategory])).toEqual([
      [null, null],
      ['Gold', 'REGULAR'],
      ['Miles', 'REGULAR'],
      ['Stars', 'TRIGGER_BASED'],
    ]);
  });

  const notOurs = { cause: null, retryable: null, retryAfter: null };
  it('warnings that are objects, and warnings that are strings', async () => {
    expect((await customerOf('warning-objects'))?.ledgerBalance?.warnings).toEqual([
      { code: '1001', message: 'Balance of one till is delayed', ...notOurs },
    ]);
    harness.sandbox.reset();
    expect((await customerOf('warning-texts'))?.ledgerBalance?.warnings).toEqual([
      { code: null, message: 'Balance of one till is delayed', ...notOurs },
    ]);
  });
});

describe('warnings of several calls', () => {
  const page = (pageNumber: number, warnings: readonly string[]) => ({
    kind: 'other-shape' as const,
    pageNumber,
    text: JSON.stringify({
      customerDetails: { userId: 1 },
      ledgerDetails: {
        pageNumber,
        pageSize: 10,
        totalEntries: 20,
        ledgerClosingBalance: Array.from({ length: 10 }, (_, index) => ({
          pointsCategory: `${pageNumber}${index}`,
          programId: 1,
          closingBalance: '1.000',
        })),
      },
      warnings,
    }),
  });

  it('come in order, equal ones once', async () => {
    harness.sandbox.setFaults([page(0, ['a', 'b', 'a']), page(1, ['b', 'c'])]);
    const { data } = await harness.ask(balances, { identifier: called('any'), first: 20 });
    expect(data?.customer?.ledgerBalance?.warnings.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});

describe('a filter', () => {
  const shown = async (situation: string, filter: Partial<BalancesQueryVariables>) => {
    harness.sandbox.reset();
    const { data, errors } = await harness.ask(balances, { identifier: called(situation), ...filter });
    expect(errors).toBeUndefined();
    expect(harness.sandbox.callCount()).toBe(1);
    const edges = data?.customer?.ledgerBalance?.edges ?? [];
    return edges.map(({ node }) => [node.pointsCategory, node.closingBalance]);
  };

  it.each([
    ['2025-01-01T00:00:00', '100.000'],
    ['2025-04-01T00:00:00', '350.000'],
    ['2025-07-01T00:00:00', '300.000'],
    ['2026-01-01T00:00:00', '800.000'],
  ])('by date shows the balance of %s', async (endDate, balance) => {
    expect((await shown('history', { endDate }))[0]).toEqual(['Main', balance]);
  });

  it('by category, currency, till and concept shows its own balances', async () => {
    expect(await shown('categories', { categoryType: 'PROMISED' })).toEqual([['Promised Points', '75.000']]);
    expect(await shown('currencies', { currencies: ['Gold'] })).toEqual([['Gold_PointCategory', '150.000']]);
    expect(await shown('tills', { tillId: 'till.kitchen.01' })).toEqual([['Main', '60.000']]);
    expect(await shown('tills', { includeTillConceptEvents: true })).toEqual([
      ['Main', '460.000'],
      ['Main', '60.000'],
    ]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('beside another filter gives a list of its own', async () => {
    const { data } = await harness.ask(
      `{ customer(identifier: { name: EXTERNAL_ID, value: "history" }) {
        before: ledgerBalance(endDate: "2025-01-01T00:00:00") { nodes { closingBalance } }
        now: ledgerBalance { nodes { closingBalance } }
      } }`,
    );
    expect(data).toEqual({
      customer: {
        before: { nodes: [{ closingBalance: '100.000' }] },
        now: { nodes: [{ closingBalance: '800.000' }, { closingBalance: '25.000' }] },
      },
    });
    expect(harness.sandbox.callCount()).toBe(2);
  });
});
