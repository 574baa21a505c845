/** New documents that come together: the event loop turns between them, so that other requests run. */

import { GraphQLInt, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { expect, it, onTestFinished } from 'vitest';
import {
  type GatewayPlugin,
  RequestRecord,
  type ServerContext,
} from '../../../src/gateway/http/request-record.ts';
import { createDocumentCache } from '../../../src/gateway/operation/document-plugin.ts';
import { sizePlugin } from '../../../src/gateway/operation/size-plugin.ts';

const bounds = { maxTokens: 2000, maxAliases: 50, documentCacheBytes: 1_000_000 };
const sizes = {
  maxOperationSize: 100,
  maxRootFields: 10,
  maxListItems: 10,
  maxPageSize: 10,
  maxVariablesSize: 1000,
};

/** Serves, and notes the turn of the event loop in which each document is parsed and each field is resolved. */
function open(onParsed: () => void = () => undefined) {
  let turn = 0;
  const count = () => {
    turn += 1;
    counting = setImmediate(count);
  };
  let counting = setImmediate(count);
  onTestFinished(() => clearImmediate(counting));
  const turns = { parsed: [] as number[], run: [] as number[] };
  const noteParse: GatewayPlugin = {
    onParse() {
      turns.parsed.push(turn);
      onParsed();
    },
  };
  const resolve = () => turns.run.push(turn);
  const query = new GraphQLObjectType({ name: 'Query', fields: { a: { type: GraphQLInt, resolve } } });
  const yoga = createYoga<ServerContext>({
    schema: new GraphQLSchema({ query }),
    plugins: [createDocumentCache(bounds).plugin, sizePlugin(sizes), noteParse],
    parserAndValidationCache: false,
    batching: true,
    logging: false,
  });
  async function ask(body: unknown, signal?: AbortSignal): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) };
    const context = { record: new RequestRecord(null, () => 'r') } as ServerContext;
    return (await yoga.fetch('http://gateway.test/graphql', init, context)).json();
  }
  return { ask, turns };
}

/** Operations whose documents are new, with so many characters more than they need. */
const operations = (count: number, characters: number) =>
  Array.from({ length: count }, (_, n) => ({ query: `query Q${n} { a } # ${'x'.repeat(characters)}` }));

it('are parsed in a turn each when they are long, in their order', async () => {
  const { ask, turns } = open();
  const answers = await Promise.all(operations(6, 5000).map((each) => ask(each)));
  expect(answers).toEqual([1, 2, 3, 4, 5, 6].map((a) => ({ data: { a } })));
  expect(new Set(turns.parsed).size).toBe(6);
});

it('are parsed in one turn up to 4000 characters', async () => {
  const { ask, turns } = open();
  await Promise.all(operations(9, 900).map((each) => ask(each)));
  const [first, second] = [0, 4].map((at) => turns.parsed[at]);
  expect(turns.parsed.filter((turn) => turn === first)).toHaveLength(4);
  expect(turns.parsed.filter((turn) => turn === second)).toHaveLength(4);
  expect(new Set(turns.parsed).size).toBe(3);
});

it('do not wait for long ones when they are short', async () => {
  const { ask, turns } = open();
  await Promise.all([...operations(6, 5000), { query: '{ a }' }].map((each) => ask(each)));
  expect(new Set(turns.parsed).size).toBe(6);
  expect(turns.parsed.filter((turn) => turn === turns.parsed[0])).toHaveLength(2);
});

it('run in a later turn than they are parsed in', async () => {
  const { ask, turns } = open();
  await ask({ query: '{ a }' });
  expect(turns.run[0]).toBeGreaterThan(turns.parsed[0] ?? Number.POSITIVE_INFINITY);
});

it('do not run when their client has left after they were parsed', async () => {
  const client = new AbortController();
  const { ask, turns } = open(() => client.abort());
  await expect(ask({ query: '{ a }' }, client.signal)).rejects.toThrow();
  await ask({ query: '{ b: a }' });
  expect([turns.parsed.length, turns.run.length]).toEqual([2, 1]);
});

it('are parsed in one turn, and run in one, when a batch brings them', async () => {
  const { ask, turns } = open();
  await Promise.all([ask(operations(6, 900)), ask(operations(8, 2500).slice(6))]);
  const [first, second] = [0, 6].map((at) => turns.parsed[at]);
  expect(turns.parsed).toEqual([...Array(6).fill(first), second, second]);
  expect(second).toBeGreaterThan(first ?? Number.POSITIVE_INFINITY);
  expect(new Set(turns.run).size).toBe(2);
});

it('are waited for by none that is cached', async () => {
  const { ask, turns } = open();
  await ask({ query: '{ a }' });
  await Promise.all(
    [...operations(6, 5000), { query: '{ a }' }, { query: '{ a }' }].map((each) => ask(each)),
  );
  const [, ...parsed] = turns.parsed;
  expect(parsed).toHaveLength(8);
  expect(parsed.filter((turn) => turn === parsed[0])).toHaveLength(3);
});

it('are read when they are no text', async () => {
  const { ask, turns } = open();
  const answers = await Promise.all([{ query: 1 }, { query: { length: 5000 } }, {}].map((each) => ask(each)));
  for (const answer of answers) expect(answer).toHaveProperty('errors');
  expect(turns.run).toEqual([]);
});

it('wait for their turn beside members of a batch that are no text', async () => {
  const { ask, turns } = open();
  const batches = operations(3, 5000).map((long) => [
    long,
    { query: { length: -1_000_000 } },
    { query: { length: 'x' } },
  ]);
  await Promise.all(batches.map((batch) => ask(batch)));
  expect(new Set(turns.parsed).size).toBe(3);
});

it('are not parsed, and take no turn, when their clients have left the queue', async () => {
  const { ask, turns } = open();
  const leaver = new AbortController();
  const [first, second, last] = operations(3, 5000);
  const stays = ask(first);
  const left = Array.from({ length: 8 }, () => ask(second, leaver.signal).catch(() => 'left'));
  const comesLast = ask(last);
  await new Promise((resolve) => setImmediate(resolve));
  leaver.abort();
  expect([await stays, await comesLast]).toEqual([{ data: { a: 1 } }, { data: { a: 2 } }]);
  await Promise.all(left);
  const [start = 0, ...others] = turns.parsed;
  expect(others.length).toBeLessThanOrEqual(2);
  expect(others.at(-1)).toBeLessThan(start + 4);
});

it('get fewer validation errors when they are long, because finding each location searches the text', async () => {
  const { ask } = open();
  const names = Array.from({ length: 60 }, (_, n) => `x${n}`).join(' ');
  const ends = ['', ` # ${'x'.repeat(250_000)}`];
  const answers = await Promise.all(ends.map((end) => ask({ query: `{ ${names} }${end}` })));
  expect(answers.map((answer) => (answer as { errors: unknown[] }).errors.length)).toEqual([50, 5]);
});
