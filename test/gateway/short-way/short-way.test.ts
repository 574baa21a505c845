/** Which requests take the short way, and that none is left without an answer. */

import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
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

/** A long way that notes the bodies that come to it, parsed or as bytes. Each request ends. */
function openLongWay() {
  const bodies: unknown[] = [];
  const longWay = async (
    request: IncomingMessage & { readonly body?: unknown },
    response: ServerResponse,
  ) => {
    if (request.body !== undefined) bodies.push(request.body);
    for await (const chunk of request) bodies.push(String(chunk));
    response.end('from the long way');
  };
  return { longWay, bodies };
}

/** Serves with these parts, posts a body, and returns the answer and the bodies that came to the long way. */
async function post(parts: Partial<ShortWayParts>, sent = body) {
  const { longWay, bodies } = openLongWay();
  const { port } = await serve(shortWay(partsWith(parts), longWay));
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, { method: 'POST', headers, body: sent });
  return { text: await answer.text(), bodies };
}

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { server, port: (server.address() as AddressInfo).port };
}

const asked = { query: '{ __typename }' };
const body = JSON.stringify(asked);
const bounds = {
  maxOperationSize: 10,
  maxRootFields: 10,
  maxListItems: 10,
  maxPageSize: 10,
  maxVariablesSize: 1000,
};

const find = (text: string) => ({ document: parse(text) });
const keep = () => undefined;

it('answers an operation whose document is known, without the long way', async () => {
  const parts = {
    operations: createPreparedOperations({ schema, documents: { find, keep }, bounds }),
    contextOf: () => ({ customers: { load: fault }, yieldTurn: () => undefined }) as unknown as SchemaContext,
    metrics: { countRequest: () => undefined },
    log: { info: () => undefined },
  } as unknown as Partial<ShortWayParts>;
  expect(await post(parts)).toEqual({ text: '{"data":{"__typename":"Query"}}', bodies: [] });
});

it('leaves an operation whose document is not known to the long way, with its body parsed once', async () => {
  const operations = createPreparedOperations({ schema, documents: { find: () => undefined, keep }, bounds });
  expect(await post({ operations })).toEqual({ text: 'from the long way', bodies: [asked] });
});

it('leaves a request to the long way, with its parsed body, when its context cannot be made', async () => {
  expect(await post({ contextOf: fault })).toEqual({ text: 'from the long way', bodies: [asked] });
});

it.each([['[{"query":"{ __typename }"}]'], ['{"query":1}'], ['{"variables":{}}'], ['{'], ['1'], ['null']])(
  'leaves the body %s to the long way, with its bytes',
  async (sent) => {
    expect(await post({}, sent)).toEqual({ text: 'from the long way', bodies: [sent] });
  },
);

/** Serves with parts whose answers are all written in the turn in which the last of `count` requests arrives. */
async function serveTogether(count: number, onWritten: (requests: readonly IncomingMessage[]) => void) {
  const events: string[] = [];
  const requests: IncomingMessage[] = [];
  let write: () => void = fault;
  const all = new Promise<void>((resolve) => {
    write = resolve;
  });
  const writeAnswer = async () => {
    await all;
    events.push('written');
    return { body: Buffer.from('{"data":{}}'), hasData: true };
  };
  const parts = {
    operations: { find: () => ({ operation: {}, writeAnswer }), bytes: () => 0 },
    contextOf: () => ({ customers: { load: fault } }) as unknown as SchemaContext,
    metrics: { countRequest: () => undefined },
    log: { info: () => undefined },
  } as unknown as Partial<ShortWayParts>;
  const listener = shortWay(partsWith(parts), fault);
  const served = await serve((request, response) => {
    const end = response.end.bind(response);
    Object.assign(response, {
      end(answer: Buffer) {
        events.push('sent');
        return end(answer);
      },
    });
    listener(request, response);
    if (requests.push(request) < count) return;
    onWritten(requests);
    setImmediate(() => events.push('last phase'));
    write();
  });
  const ask = () =>
    fetch(`http://127.0.0.1:${served.port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    }).then((answer) => answer.text());
  return { ...served, ask, events };
}

it('sends the answers of a turn one right after another, at its end', async () => {
  const { ask, events } = await serveTogether(2, () => undefined);
  expect(await Promise.all([ask(), ask()])).toEqual(['{"data":{}}', '{"data":{}}']);
  expect(events).toEqual(['written', 'written', 'last phase', 'sent', 'sent']);
});

it('sends the answers of a turn in which the server ends its idle connections', async () => {
  const { server, ask, events } = await serveTogether(2, () =>
    setImmediate(() => server.closeIdleConnections()),
  );
  expect(await Promise.all([ask(), ask()])).toEqual(['{"data":{}}', '{"data":{}}']);
  expect(events).toHaveLength(5); // `fetch` would send a request again whose connection ends.
});

it.each([
  ['before they are written', (leave: () => void) => leave()],
  ['before they are sent', setImmediate],
])('sends the other answers of a turn in which a client leaves %s', async (_, at) => {
  const { port, ask } = await serveTogether(2, ([left]) => at(() => left?.socket.destroy()));
  const leaver = connect(port, '127.0.0.1').on('error', () => undefined);
  leaver.write(
    `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await new Promise((resolve) => leaver.once('ready', () => setTimeout(resolve, 20)));
  expect(await ask()).toBe('{"data":{}}');
});

it.each([
  ['answers', [parse], { text: '{"data":{"__typename":"Query"}}', bodies: [] }],
  ['leaves to the long way, with its parsed body,', [], { text: 'from the long way', bodies: [asked] }],
])('%s an operation whose body comes in pieces', async (_, [known], { text, bodies }) => {
  const { longWay, bodies: left } = openLongWay();
  const operations = createPreparedOperations({
    schema,
    documents: { find: (query) => known && { document: known(query) }, keep },
    bounds,
  });
  const parts = {
    operations,
    contextOf: () => ({ customers: { load: fault }, yieldTurn: () => undefined }) as unknown as SchemaContext,
    metrics: { countRequest: () => undefined },
    log: { info: () => undefined },
  } as unknown as Partial<ShortWayParts>;
  const { port } = await serve(shortWay(partsWith(parts), longWay));
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const sent = request({ port, path: '/graphql', method: 'POST', headers, agent: false });
  sent.setNoDelay(true);
  const answered = once(sent, 'response');
  for (const piece of body.match(/.{1,7}/g) ?? []) {
    sent.write(piece);
    await delay(5); // Each piece is a packet of its own.
  }
  sent.end();
  const [answer] = await answered;
  expect([await readText(answer), left]).toEqual([text, bodies]);
});
