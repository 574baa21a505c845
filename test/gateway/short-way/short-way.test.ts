/** Which requests take the short way, and that none is left without an answer. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parse } from 'graphql';
import { expect, it, onTestFinished } from 'vitest';
import { createPreparedOperations } from '../../../src/gateway/short-way/prepared-operations.ts';
import { type ShortWayParts, shortWay } from '../../../src/gateway/short-way/short-way.ts';
import type { SchemaContext } from '../../../src/schema/builder.ts';
import { schema } from '../../../src/schema/schema.ts';

const fault = () => {
  throw new Error('a fault of the gateway');
};

/** Parts of which only those that a test names can be used. */
const partsWith = (parts: Partial<ShortWayParts>) =>
  ({
    createRequestId: () => 'id',
    startTrace: undefined,
    now: () => 0,
    maxBodyBytes: 1000,
    headersProblem: () => undefined,
    operations: { find: () => ({ operation: {}, writeAnswer: async () => fault() }), bytes: () => 0 },
    ...parts,
  }) as unknown as ShortWayParts;

/** Serves with these parts, posts an operation, and returns the answer and the bodies that came to the long way. */
async function post(parts: Partial<ShortWayParts>) {
  const bodies: string[] = [];
  const longWay = async (request: IncomingMessage, response: ServerResponse) => {
    for await (const chunk of request) bodies.push(String(chunk));
    response.end('from the long way');
  };
  const server = createServer(shortWay(partsWith(parts), longWay));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body });
  return { text: await answer.text(), bodies };
}

const body = JSON.stringify({ query: '{ __typename }' });
const bounds = {
  maxOperationSize: 10,
  maxRootFields: 10,
  maxListItems: 10,
  maxPageSize: 10,
  maxVariablesSize: 1000,
};

it('answers an operation whose document is known, without the long way', async () => {
  const parts = {
    operations: createPreparedOperations({ schema, documentOf: parse, bounds, maxBytes: 100_000 }),
    contextOf: () => ({ customers: { load: fault }, yieldTurn: () => undefined }) as unknown as SchemaContext,
    countRequest: () => undefined,
    log: { info: () => undefined },
  } as unknown as Partial<ShortWayParts>;
  expect(await post(parts)).toEqual({ text: '{"data":{"__typename":"Query"}}', bodies: [] });
});

it('leaves an operation whose document is not known to the long way, with its whole body', async () => {
  const operations = createPreparedOperations({ schema, documentOf: () => undefined, bounds, maxBytes: 1 });
  expect(await post({ operations })).toEqual({ text: 'from the long way', bodies: [body] });
});

it('leaves a request to the long way, with its whole body, when its context cannot be made', async () => {
  expect(await post({ contextOf: fault })).toEqual({ text: 'from the long way', bodies: [body] });
});
