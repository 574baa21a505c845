/** The set-ups of the clients fit the schema. */

import { assertObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/schema.ts';
import { filters as apolloFilters } from '../apollo/ledger.ts';
import { compileRelay, documents } from './relay-compile.ts';

describe('the kit for Apollo Client', () => {
  it('names every filter of the schema', () => {
    const { ledgerBalance } = assertObjectType(schema.getType('Customer')).getFields();
    const paging = ['first', 'after', 'last', 'before'];
    const filters = ledgerBalance?.args.map(({ name }) => name).filter((name) => !paging.includes(name));
    expect([...apolloFilters].sort()).toEqual(filters?.sort());
    expect(filters).toHaveLength(7);
  });
});

describe("Relay's compiler", () => {
  it('accepts the schema: a list to page through, refetched by the customer’s id', () => {
    const { fragment } = compileRelay(documents.forward);
    expect(fragment.metadata).toMatchObject({
      connection: [{ direction: 'forward', path: ['ledgerBalance'] }],
      refetch: { fragmentPathInResult: ['node'], identifierInfo: { identifierField: 'id' } },
    });
  });

  it('refuses a document that does not fit', () => {
    const misspelt = documents.forward.replace('closingBalance', 'closingBalances');
    expect(() => compileRelay(misspelt)).toThrow('has no field `closingBalances`');
  });
});
