/** docs/clients.md has the configurations of Apollo Client, urql and Relay that the tests page with. They fit the schema. */

import { readFileSync } from 'node:fs';
import { assertObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/schema/schema.ts';
import { partOf } from '../../test/document-parts.ts';
import { filters as apolloFilters } from '../apollo/ledger.ts';
import { compileRelay } from './relay-compile.ts';
import { documents } from './relay-documents.ts';

/** Code without what a formatter can change. */
const squeeze = (code: string) => code.replace(/\s+/g, '').replace(/,(?=[\])}])/g, '');

const withoutImports = (code: string) => code.replace(/^[\s\S]*\nimport .*;\n/, '');

describe('docs/clients.md', () => {
  it.each([['urql-exchanges.ts', /```ts\n(const keyless[^`]*)```/]])(
    'says the same as %s',
    (file, pattern) => {
      const source = readFileSync(`clients/test/${file}`, 'utf8');
      expect(squeeze(partOf('docs/clients.md', pattern))).toBe(squeeze(withoutImports(source)));
    },
  );

  it('names every filter of the schema for Apollo Client', () => {
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
