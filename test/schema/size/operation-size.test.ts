/** The size of operations: how many fields they will resolve. */

import fc from 'fast-check';
import {
  executeSync,
  getIntrospectionQuery,
  getNullableType,
  getOperationAST,
  isListType,
  isObjectType,
  parse,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from '../../../src/schema/schema.ts';
import { listLengths } from '../../../src/schema/size/field-sizes.ts';
import { type SizeBounds, sizeOfOperation } from '../../../src/schema/size/operation-size.ts';

const bounds: SizeBounds = { maxOperationSize: 8000, maxRootFields: 50, maxListItems: 200, maxPageSize: 200 };
const endless = { ...bounds, maxOperationSize: Number.MAX_SAFE_INTEGER };

function sizeOf(query: string, variables: Record<string, unknown> = {}, within = endless): number {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('The document has not one operation');
  return sizeOfOperation(schema, { document, operation, variables }, within);
}

const one = 'customer(identifier: { name: MOBILE, value: "1" })';
const [ten, balance] = [10, 25]; // What a customer and a balance count beside their fields.
const aliases = (count: number, text: string, prefix = 'a') =>
  Array.from({ length: count }, (_, n) => `${prefix}${n}: ${text}`).join(' ');

it('every list of the schema has a length in `listLengths`', () => {
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const lists = types
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })))
    .filter(({ field }) => isListType(getNullableType(field.type)))
    .map(({ type, field }) => `${type.name}.${field.name}`);
  expect(lists.sort()).toEqual(Object.keys(listLengths).sort());
});

describe('the size of an operation', () => {
  it.each<[string, number, Record<string, unknown>?]>([
    ['{ __typename }', 1],
    [`{ ${one} { firstName lastName } }`, 1 + ten + 2],
    [`{ ${one} { id } }`, 1 + ten + 8 + 2],
    [`{ ${one} { firstName } ${one} { firstName lastName } }`, 1 + ten + 2],
    [`{ ${one} { ledgerBalance { totalCount } } }`, 1 + ten + balance + 2],
    [`{ ${one} { ledgerBalance { nodes { programId } } } }`, 1 + ten + balance + 2 + 10 * 2],
    [
      `{ ${one} { ledgerBalance(first: 3) { nodes { programId } totalCount } } }`,
      1 + ten + balance + 3 + 3 * 2,
    ],
    [
      `{ ${one} { ledgerBalance(last: 3) { edges { cursor node { programId } } } } }`,
      1 + ten + balance + 2 + 3 * 6,
    ],
    [`{ ${one} { ledgerBalance(first: 0) { nodes { programId } } } }`, 1 + ten + balance + 2],
    [
      `{ ${one} { ledgerBalance(first: null, last: 2) { nodes { programId } } } }`,
      1 + ten + balance + 2 + 2 * 2,
    ],
    [`{ ${one} { ledgerBalance(first: 999) { nodes { programId } } } }`, 1 + ten + balance + 2 + 200 * 2],
    [
      `{ ${one} { ledgerBalance { pageInfo { endCursor } warnings { code } } } }`,
      1 + ten + balance + 1 + 4 + 1 + 5 * 2,
    ],
    [
      `query ($n: Int = 4) { ${one} { ledgerBalance(first: $n) { nodes { programId } } } }`,
      1 + ten + balance + 2 + 4 * 2,
    ],
    [
      `query ($n: Int = 4) { ${one} { ledgerBalance(first: $n) { nodes { programId } } } }`,
      21 + ten + balance,
      { n: 9 },
    ],
    ['{ nodes(ids: ["a", "b"]) { id } }', 1 + 2 * (1 + ten + 9)],
    [`{ node(id: "${'a'.repeat(640)}") { id } }`, 1 + ten + 20 + 8 + 160],
    [`{ ${one} { ledgerBalance(tillId: "${'a'.repeat(64)}") { totalCount } } }`, 1 + ten + balance + 2 + 2],
    ['{ nodes(ids: "a") { id } }', 1 + (1 + ten + 9)],
    ['query ($i: [ID!]!) { nodes(ids: $i) { id } }', 1 + 3 * (1 + ten + 9), { i: ['a', 'b', 'c'] }],
    ['query ($i: ID!) { node(id: $i) { ... on Customer { userId } } }', 1 + ten + 1, { i: 'a' }],
    [`query ($s: Boolean!) { ${one} { firstName lastName @skip(if: $s) } }`, 1 + ten + 1, { s: true }],
    [
      `query ($s: Boolean!) { ${one} { ...A @include(if: $s) ...A } } fragment A on Customer { userId }`,
      12,
      { s: false },
    ],
    [`{ ${one} { ${'x'.repeat(64)}: firstName } }`, 1 + ten + 3],
    ['{ __type(name: "PointCategoryType") { enumValues { name } } }', 2 * (1 + 1 + 3)],
    [
      'query ($n: String!) { __type(name: $n) { name fields { name } } }',
      2 * (1 + 2 + 2),
      { n: 'LedgerBalanceEdge' },
    ],
    ['{ __type(name: "Nobody") { name } }', 2],
    ['query ($n: String!) { __type(name: $n) { name } }', 2, { n: { toString: 1, valueOf: 1 } }],
  ])('of %s is %i', (query, size, variables) => {
    expect(sizeOf(query, variables)).toBe(size);
  });

  it('multiplies fragments and aliases, also when many paths lead to one fragment', () => {
    const query = `{ ${one} { ...C } }
      fragment C on Customer { ${aliases(16, 'ledgerBalance(first: 137) { ...L }')} }
      fragment L on LedgerBalance { ${aliases(20, 'edges { ...E }')} }
      fragment E on LedgerBalanceEdge { ${aliases(20, 'node { ...N }')} }
      fragment N on ClosingBalance { ${aliases(20, '__typename')} }`;
    const entry = 1 + 20 * (1 + 20);
    expect(sizeOf(query)).toBe(1 + ten + 16 * (1 + balance + 20 * (1 + 137 * entry)));
  });

  it('of the standard introspection query is exactly twice the number of resolved fields', () => {
    const query = getIntrospectionQuery({ inputValueDeprecation: true });
    const { data } = executeSync({ schema, document: parse(query) });
    expect(sizeOf(query)).toBe(2 * fieldsIn(data));
  });

  it('of any introspection query is exactly twice the number of resolved fields', () => {
    const leaf = fc.constantFrom('name', 'description', '__typename');
    const list = fc.constantFrom(
      'fields { name type { LEAF ofType { LEAF } } args { name } }',
      'interfaces { LEAF }',
      'possibleTypes { name ofType { LEAF } }',
      'enumValues { name }',
      'inputFields { name type { LEAF } }',
    );
    const part = fc
      .tuple(list, leaf, fc.integer({ min: 1, max: 3 }))
      .map(([text, name, count]) => [text.split(' ')[0], text.replaceAll('LEAF', name), count] as const);
    const parts = fc.uniqueArray(part, { selector: ([name]) => name, maxLength: 4 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 4 }), (chosen, count) => {
        const lists = chosen.map(([name, text, times]) => aliases(times, text, name)).join(' ');
        const query = `{ ${aliases(count, '__schema { types { ...T } }')} } fragment T on __Type { name ${lists} }`;
        const { data, errors } = executeSync({ schema, document: parse(query) });
        expect([errors, sizeOf(query)]).toEqual([undefined, 2 * fieldsIn(data)]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('an operation is refused', () => {
  const refusal = (limit: number) =>
    expect.objectContaining({ code: 'OPERATION_LIMITED', details: { limit } });
  it.each<[string, number, string, Record<string, unknown>?]>([
    [
      'for its size',
      8000,
      `{ ${aliases(40, `${one} { ledgerBalance(first: 200) { nodes { programId } } }`)} }`,
    ],
    ['for its root fields', 50, `{ ${aliases(51, '__typename')} }`],
    [
      'for a list of variables',
      200,
      'query ($i: [ID!]!) { nodes(ids: $i) { id } }',
      { i: Array(201).fill('a') },
    ],
    ['for a list in the document', 200, `{ nodes(ids: [${'"a" '.repeat(201)}]) { id } }`],
    [
      'for a list below a customer',
      200,
      `query ($c: [String!]) { ${one} { ledgerBalance(currencies: $c) { totalCount } } }`,
      { c: Array(201).fill('a') },
    ],
    [
      'for an introspection query',
      8000,
      `{ ${aliases(12, '__schema { ...S }')} }
      fragment S on __Schema { ${aliases(12, 'types { ...T }')} }
      fragment T on __Type { ${aliases(12, 'fields { ...F }')} }
      fragment F on __Field { ${aliases(12, 'type { name }')} }`,
    ],
  ])('%s', (_, limit, query, variables) => {
    expect(() => sizeOf(query, variables, bounds)).toThrow(refusal(limit));
  });
});

/** Every field of an answer, at any depth. */
function fieldsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + fieldsIn(each), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, each) => sum + 1 + fieldsIn(each), 0);
}
