/** The customer type, resolved without a gateway. */

import { execute, parse } from 'graphql';
import { expect, it } from 'vitest';
import { deriveKeys } from '../../src/ledger/sealing/secret-keys.ts';
import { schema } from '../../src/schema/schema.ts';

it('seals the id of a customer once, under however many keys it is selected', async () => {
  let sealed = 0;
  const [key] = deriveKeys('a secret for tests that is long enough').ids;
  const ids = {
    get 0() {
      sealed += 1;
      return key;
    },
  };
  const customers = { load: async () => ({ details: null, balances: new Map() }) };
  const contextValue = { ids, customers, yieldTurn: () => undefined };
  const identifier = '{ name: MOBILE, value: "447700900001" }';
  const query = `{ customers(identifiers: [${identifier}, ${identifier}]) { a: id b: id } }`;
  const { data } = await execute({ schema, document: parse(query), contextValue });
  const customer = { a: expect.any(String), b: expect.any(String) };
  expect(data).toEqual({ customers: [customer, customer] });
  expect(sealed).toBe(1);
});
