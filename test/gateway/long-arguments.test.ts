/** The longest arguments: those that fit are served, others cost no call. */
import { expect, it } from 'vitest';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { argumentsOf, errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';

it('an id of the longest identifier opens again', async () => {
  const value = '\u0001'.repeat(990);
  const identifiers = [{ name: 'externalId', value, source: 'LINE', accountId: value } as const];
  const harness = await startHarness({ members: [numberedMember('1', { identifiers })] });
  const identifier = { name: 'EXTERNAL_ID', value, source: 'LINE', accountId: value };
  const asked = await harness.ask<{ customer: { id: string } }, object>(
    'query ($identifier: CustomerIdentifierInput!) { customer(identifier: $identifier) { id } }',
    { identifier },
  );
  const { id } = asked.data?.customer ?? {};
  const node = await harness.ask('query ($id: ID!) { node(id: $id) { id } }', { id });
  expect(errorsOf(node)).toEqual([]);
  expect(harness.sandbox.callCount()).toBe(2);
});

it('arguments that are too long for a URL refuse their balance without a call', async () => {
  const harness = await startHarness({ members: [numberedMember('1', { ledger: numberedLedger(3) })] });
  const currencies = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(1000, 'x'));
  const query = `query ($c: [String!]) {
    customer(identifier: { name: MOBILE, value: "1" }) { __typename ledgerBalance(currencies: $c) { totalCount } }
  }`;
  const result = await harness.ask(query, { c: currencies });
  expect(result.data).toEqual({ customer: { __typename: 'Customer', ledgerBalance: null } });
  expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'customer.ledgerBalance']]);
  expect(argumentsOf(result)).toEqual(['currencies']);
  expect(harness.sandbox.callCount()).toBe(0);
});
