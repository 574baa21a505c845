/** What may be left out of an argument. `null` and an empty list leave it out too. */

import { expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { mobiles, threeMembers } from './members.ts';

const nulls = {
  endDate: null,
  categoryType: null,
  ledgerEntryType: null,
  currencies: null,
  includeAllCurrencies: null,
  tillId: null,
  includeTillConceptEvents: null,
  first: null,
  after: null,
  last: null,
  before: null,
};

const head = `query (
  $identifier: CustomerIdentifierInput! $endDate: LocalDateTime $categoryType: PointCategoryType
  $ledgerEntryType: LedgerEntryType $currencies: [String!] $includeAllCurrencies: Boolean $tillId: ID
  $includeTillConceptEvents: Boolean $first: Int $after: String $last: Int $before: String
)`;
const listOf = (name: string, values: Readonly<Record<string, unknown>>, write: (name: string) => string) =>
  `${name}: ledgerBalance(${Object.keys(values).map((key) => `${key}: ${write(key)}`)}) { edges { cursor } }`;

it('a null argument and one that is left out give the same list, by one call', async () => {
  const harness = await startHarness({ members: threeMembers });
  const result = await harness.ask<{ customer: Record<'plain' | 'literal' | 'variable', object> }, object>(
    `${head} { customer(identifier: $identifier) {
      plain: ledgerBalance { edges { cursor } }
      ${listOf('literal', nulls, () => 'null')}
      ${listOf('variable', nulls, (key) => `$${key}`)}
    } }`,
    { ...nulls, identifier: { name: 'MOBILE', value: mobiles.twelve, source: null, accountId: null } },
  );
  expect(errorsOf(result)).toEqual([]);
  const { plain, literal, variable } = result.data?.customer ?? {};
  expect(plain).toMatchObject({ edges: { length: 10 } });
  expect([literal, variable]).toEqual([plain, plain]);
  expect(harness.sandbox.callCount()).toBe(1);
  const [call] = harness.sandbox.calls();
  expect(call?.query).toMatchObject({ source: 'INSTORE' });
  for (const name of ['includeAlternateCurrencies', 'includeTillConceptEvents', 'accountId'])
    expect(call?.query).not.toHaveProperty(name);
});

it('an empty list of currencies counts as left out, also beside `includeAllCurrencies`', async () => {
  const harness = await startHarness({ members: threeMembers });
  const result = await harness.ask(
    `{ customer(identifier: { name: MOBILE, value: "${mobiles.twelve}", source: null }) {
      a: ledgerBalance(includeAllCurrencies: true) { totalCount }
      b: ledgerBalance(includeAllCurrencies: true, currencies: []) { totalCount }
    } }`,
  );
  expect(errorsOf(result)).toEqual([]);
  expect(result.data).toEqual({ customer: { a: { totalCount: 12 }, b: { totalCount: 12 } } });
  expect(harness.sandbox.callCount()).toBe(1);
});

it('a moment with and without seconds gives the same list, with the same cursors, by one call', async () => {
  const harness = await startHarness({ members: threeMembers });
  const result = await harness.ask<{ customer: Record<'with' | 'literal' | 'variable', object> }, object>(
    `query ($end: LocalDateTime) { customer(identifier: { name: MOBILE, value: "${mobiles.twelve}" }) {
      with: ledgerBalance(endDate: "2026-01-31T23:59:00") { edges { cursor } }
      literal: ledgerBalance(endDate: "2026-01-31T23:59") { edges { cursor } }
      variable: ledgerBalance(endDate: $end) { edges { cursor } }
    } }`,
    { end: '2026-01-31T23:59' },
  );
  expect(errorsOf(result)).toEqual([]);
  const { with: withSeconds, literal, variable } = result.data?.customer ?? {};
  expect(withSeconds).toMatchObject({ edges: { length: 10 } });
  expect([literal, variable]).toEqual([withSeconds, withSeconds]);
  expect(harness.sandbox.calls().map(({ query }) => query['endDate'])).toEqual(['2026-01-31T23:59:00']);
  expect(harness.sandbox.callCount()).toBe(1);
});
