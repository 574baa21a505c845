/** Operations that are ready to run again: which they are, and what they take. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { parse } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { createDocumentCache } from '../../../src/gateway/operation/document-plugin.ts';
import {
  createPreparedOperations,
  type Prepared,
  type PreparedOperations,
} from '../../../src/gateway/short-way/prepared-operations.ts';
import { createTurnShare } from '../../../src/gateway/wiring/request-context.ts';
import type { SchemaContext } from '../../../src/schema/builder.ts';
import { schema } from '../../../src/schema/schema.ts';

const bounds = {
  maxOperationSize: 8000,
  maxRootFields: 50,
  maxListItems: 200,
  maxPageSize: 200,
  maxVariablesSize: 10_000,
};

/** Prepares any valid document, as if each had come before. */
function open({
  maxBytes = 1_000_000,
  known = parse as (text: string) => ReturnType<typeof parse> | undefined,
} = {}) {
  const limits = { maxTokens: 2000, maxAliases: 50, documentCacheBytes: maxBytes };
  const { bytes, ...documents } = createDocumentCache<Prepared>(limits);
  const find = (text: string) => {
    const document = known(text);
    return documents.find(text) ?? (document && { document });
  };
  const operations = createPreparedOperations({ schema, documents: { ...documents, find }, bounds });
  return { ...operations, bytes, isCached: (text: string) => documents.find(text) !== undefined };
}

/** A context in which there is no customer. */
const nobody = {
  customers: { load: async () => null },
  yieldTurn: () => undefined,
} as unknown as SchemaContext;

const find = (operations: PreparedOperations, query: string, variables = {}, operationName?: string) =>
  operations.find({ query, operationName, variables });

const dataOf = (json: string) => Buffer.from(`{"data":${json}}`);

const customer = 'customer(identifier: { name: MOBILE, value: "447700900001" })';

describe('a prepared operation', () => {
  it('exists only for a known document', () => {
    expect(find(open(), '{ __typename }')).toBeDefined();
    expect(find(open({ known: () => undefined }), '{ __typename }')).toBeUndefined();
  });

  it('writes its answer, and reports whether there is any', async () => {
    const operations = open();
    const someone = await find(operations, '{ __typename }')?.writeAnswer(nobody);
    expect(someone).toEqual({ body: dataOf('{"__typename":"Query"}'), hasData: true });
    const none = await find(operations, `{ a: ${customer} { id } }`)?.writeAnswer(nobody);
    expect(none).toEqual({ body: dataOf('{"a":null}'), hasData: false });
  });

  it('is separate for each operation name of a document', async () => {
    const operations = open();
    const query = 'query A { a: __typename } query B { b: __typename }';
    const answers = ['A', 'B'].map((name) => find(operations, query, {}, name)?.writeAnswer(nobody));
    const bodies = (await Promise.all(answers)).map((written) => written?.body);
    expect(bodies).toEqual([dataOf('{"a":"Query"}'), dataOf('{"b":"Query"}')]);
    expect(find(operations, query)).toBeUndefined();
  });

  it('has a form for each value of a variable in a directive', async () => {
    const operations = open();
    const query = 'query ($on: Boolean!) { a: __typename @include(if: $on) b: __typename @skip(if: $on) }';
    for (const on of [true, false, true]) {
      const body = dataOf(on ? '{"a":"Query"}' : '{"b":"Query"}');
      expect((await find(operations, query, { on })?.writeAnswer(nobody))?.body).toEqual(body);
    }
  });

  it.each([
    ['the schema', '{ __schema { queryType { name } } }', {}],
    ['a variable of a wrong type', 'query ($on: Boolean!) { __typename @skip(if: $on) }', { on: 1 }],
    [
      'too many root fields',
      `{ ${Array.from({ length: 51 }, (_, at) => `a${at}: __typename`).join(' ')} }`,
      {},
    ],
    [
      'too much to resolve',
      `{ ${Array.from({ length: 20 }, (_, at) => `a${at}: ${customer} { ledgerBalance(first: 200) { nodes { programId closingBalance } } }`).join(' ')} }`,
      {},
    ],
    ['variables that are too large', 'query ($id: ID!) { node(id: $id) { id } }', { id: 'x'.repeat(10_001) }],
    ['a variable called __proto__', 'query ($__proto__: ID!) { node(id: $__proto__) { id } }', {}],
  ])('never has %s', (_, query, variables) => {
    const operations = open();
    expect(find(operations, query, variables)).toBeUndefined();
    expect(find(operations, query, variables)).toBeUndefined();
  });

  it('takes memory within its bound', () => {
    const operations = open({ maxBytes: 100_000 });
    for (let number = 0; number < 50; number++) find(operations, `{ a${number}: ${customer} { id } }`);
    expect(operations.bytes()).toBeGreaterThan(50_000);
    expect(operations.bytes()).toBeLessThanOrEqual(100_000);
  });

  it('stays, with its document, while others are used less', () => {
    const operations = open({ maxBytes: 100_000 });
    const queryOf = (number: number) => `{ a${number}: ${customer} { id } }`;
    for (let number = 0; number < 50; number++) {
      find(operations, queryOf(number));
      find(operations, queryOf(0));
    }
    expect([0, 1, 49].map((number) => operations.isCached(queryOf(number)))).toEqual([true, false, true]);
  });

  it('resolves and writes the aliases of one field once', async () => {
    let reads = 0;
    const details = {
      get firstName() {
        reads += 1;
        return 'Amara';
      },
    };
    const load = vi.fn(async () => ({ details, balances: new Map() }));
    const query = `{ a: ${customer} { firstName } b: ${customer} { name: firstName } c: ${customer} { firstName } }`;
    const run = find(open(), query)?.writeAnswer({
      ...nobody,
      customers: { load },
    } as unknown as SchemaContext);
    const [once, other] = ['{"firstName":"Amara"}', '{"name":"Amara"}'];
    expect((await run)?.body).toEqual(dataOf(`{"a":${once},"b":${other},"c":${once}}`));
    expect([load.mock.calls.length, reads]).toEqual([2, 2]);
  });

  it('writes a field that is spelled in two ways, and needs to know where each stands', async () => {
    const query = '{ a: __typename b: __typename c: __typename @include(if: true) }';
    const body = (await find(open(), query)?.writeAnswer(nobody))?.body;
    expect(body).toEqual(dataOf('{"a":"Query","b":"Query","c":"Query"}'));
    const known = (text: string) => parse(text, { noLocation: true });
    expect(find(open({ known }), query)).toBeUndefined();
  });

  it('counts the memory of each field in each form, however short the text', () => {
    const switches = ['a', 'b', 'c', 'd'];
    const query = `query (${switches.map((name) => `$${name}: Boolean!`).join()}) {
      ${switches.map((name) => `${name}: __typename @skip(if: $${name})`).join(' ')}
      a0: ${customer} { ...C } a1: node(id: "1") { ...C } a2: node(id: "2") { ...C } }
      fragment C on Customer { ledgerBalance { ...L } b1: ledgerBalance(first: 1) { ...L } b2: ledgerBalance(first: 2) { ...L } }
      fragment L on LedgerBalance { totalCount pageInfo { endCursor } }`;
    const operations = open();
    const variablesOf = (form: number) =>
      Object.fromEntries(switches.map((name, at) => [name, ((form >> at) & 1) === 1]));
    const bytes = Array.from({ length: 16 }, (_, form) => {
      find(operations, query, variablesOf(form));
      return operations.bytes();
    });
    expect(Number(bytes[1]) - Number(bytes[0])).toBeGreaterThan(39 * 1300); // 3 + 9 + 27 fields.
    expect(bytes.at(-1)).toBeLessThan(450 * 1400); // No operation has more than 400 fields in all its forms.
    expect(find(operations, query, variablesOf(0))).toBeDefined();
    expect(find(operations, query, variablesOf(15))).toBeUndefined();
  });

  it('is written for a few of the requests that wait for one call in each turn, so that others get theirs', async () => {
    let [time, turn] = [0, 0];
    const writtenIn: number[] = [];
    const details = {
      get firstName() {
        time += 4; // What one large answer takes.
        writtenIn.push(turn);
        return 'Amara';
      },
    };
    const reading = nextTurn().then(() => ({ details, balances: new Map() }));
    const share = createTurnShare(() => time);
    const yieldTurn = () => share(new AbortController().signal);
    const context = { customers: { load: () => reading }, yieldTurn } as unknown as SchemaContext;
    const run = find(open(), `{ ${customer} { firstName } }`);
    const count = () => {
      turn += 1;
      if (writtenIn.length < 12) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(Array.from({ length: 12 }, () => run?.writeAnswer(context)));
    const perTurn = [...new Set(writtenIn)].map((each) => writtenIn.filter((one) => one === each).length);
    expect(writtenIn).toHaveLength(12);
    expect(Math.max(...perTurn)).toBeLessThanOrEqual(3);
  });
});
