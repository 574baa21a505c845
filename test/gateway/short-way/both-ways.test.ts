/** Both ways to an answer, side by side: whatever a client sends, it cannot tell which one was taken. */

import { once } from 'node:events';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import fc from 'fast-check';
import { print } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/sandbox/faults/faults.ts';
import { type RunningServer, startServer } from '../../../src/server/server.ts';
import { balances, customersDetails, details, everything } from '../../operations.ts';
import { recordSpans } from '../../telemetry/recorded-spans.ts';
import { parts, writeOperation } from '../drawn-documents.ts';
import { type Harness, openHarness } from '../harness.ts';
import { byMobile, mobileLiteral, mobiles, threeMembers } from '../members.ts';

const wide = { MAX_ALIASES: '10000', MAX_TOKENS: '100000', CORS_ORIGINS: 'https://page.test' };

let harness: Harness;
/** The same gateway twice: one takes the short way where it can, one never. */
let ways: { readonly short: Way; readonly long: Way };
type Way = {
  readonly harness: Harness;
  readonly server: RunningServer;
  readonly spans: readonly ReadableSpan[];
};

async function openWay(opened: Harness, spans: readonly ReadableSpan[]): Promise<Way> {
  const { listener } = opened.gateway;
  const onDrain = () => undefined;
  const server = await startServer({ listener, host: '127.0.0.1', port: 0, shutdownTimeoutMs: 1, onDrain });
  return { harness: opened, server, spans };
}

beforeAll(async () => {
  const [short, long] = [recordSpans(), recordSpans()];
  harness = await openHarness({ members: threeMembers }, wide, short);
  const other = harness.restart({ ...wide, PREPARED_OPERATIONS: 'false' }, long);
  ways = { short: await openWay(harness, short.spans), long: await openWay(other, long.spans) };
});
afterAll(async () => {
  await ways.short.server.stop();
  await ways.long.server.stop();
  await harness.close();
});

type Headers = Readonly<Record<string, string>>;

/** Posts bytes over a socket. What differs between two equal requests is left out: id and date. */
async function post({ server }: Way, body: Buffer | string, headers: Headers) {
  const sent = httpRequest(`${server.url}/graphql`, { method: 'POST', headers: { ...jsonBody, ...headers } });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  const { date, 'x-request-id': id, ...shown }: IncomingHttpHeaders = answer.headers;
  const names = answer.rawHeaders.filter((_: string, at: number) => at % 2 === 0);
  return { status: answer.statusCode, headers: shown, names, body: String(await buffer(answer)) };
}

const jsonBody = { 'content-type': 'application/json' };

/** Everything that a client and an operator see of one request. */
async function seen(way: Way, body: Buffer | string, headers: Headers, faults: readonly Fault[]) {
  const { sandbox } = harness;
  sandbox.reset();
  sandbox.setFaults(faults);
  const [lines, spans] = [way.harness.logLines.length, way.spans.length];
  const answer = await post(way, body, headers);
  const told = way.harness.logLines.slice(lines).map(withoutMoment);
  const traced = way.spans.slice(spans).map(describeSpan).sort();
  return { ...answer, told, traced, calls: sandbox.callCount() };
}

/** A log line without what differs between two equal requests. */
function withoutMoment({ requestId, time, durationMs, ...told }: Readonly<Record<string, unknown>>) {
  return told;
}

/** An ended span: its name and attributes, without its id and the waits of that moment. */
function describeSpan({ name, attributes }: ReadableSpan): string {
  const { 'ledger_gateway.request_id': id, ...others } = attributes;
  const steady = Object.entries(others).filter(([attribute]) => !attribute.includes('.wait.'));
  return JSON.stringify([name, ...steady.sort()]);
}

/** Sends a request three times each way: at the third time the operation is prepared, if it ever is. */
async function expectEqual(body: unknown, headers: Headers = {}, faults: readonly Fault[] = []) {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const long = await seen(ways.long, bytes, headers, faults);
  for (const time of [1, 2, 3])
    expect({ time, ...(await seen(ways.short, bytes, headers, faults)) }).toEqual({ time, ...long });
  return long;
}

const first = (query: string, variables?: object) => ({ query, variables });
const list = `query L($first: Int, $after: String, $on: Boolean = true) {
  customer(identifier: ${mobileLiteral(mobiles.gaps)}) { ...C id @skip(if: $on) ledgerBalance(first: $first, after: $after) { totalCount } } }
  fragment C on Customer { userId ledgerBalance(first: $first, after: $after) @include(if: $on) { edges { cursor node { closingBalance __typename } } pageInfo { hasNextPage endCursor } warnings { code } } }`;

describe('the answer is the same on both ways', () => {
  it.each([
    ['everything of a customer', first(print(everything), { identifier: byMobile(mobiles.twelve) })],
    ['a customer that does not exist', first(print(everything), { identifier: byMobile(mobiles.unknown) })],
    ['balances', first(print(balances), { identifier: byMobile(mobiles.gaps), first: 20 })],
    ['details', first(print(details), { identifier: byMobile(mobiles.three) })],
    [
      'several customers, one twice and one unknown',
      first(print(customersDetails), {
        identifiers: [mobiles.three, mobiles.unknown, mobiles.three, mobiles.twelve].map(byMobile),
      }),
    ],
    ['variables in every place', first(list, { first: 3 })],
    ['a directive the other way', first(list, { first: 3, on: false })],
    ['null for a directive', first(list, { first: 3, on: null })],
    ['nulls', first(list, { first: null, after: null })],
    ['a wrong window', first(list, { first: 20_000 })],
    ['a wrong cursor', first(list, { first: 2, after: 'AQAHBwAHf237b8' })],
    ['a variable of a wrong type', first(list, { first: '3' })],
    ['a variable that is missing', first(print(everything), {})],
    ['a variable that nobody declared', first(list, { first: 1, other: 1 })],
    ['a wrong identifier', first(print(details), { identifier: byMobile('x'.repeat(5000)) })],
    ['a wrong id', first('{ node(id: "x") { id } nodes(ids: ["y"]) { id } }')],
    [
      'two fields of one key',
      first(
        `{ a: customer(identifier: ${mobileLiteral(mobiles.three)}) { id } a: customer(identifier: ${mobileLiteral(mobiles.three)}) { userId } }`,
      ),
    ],
    [
      'a key that objects have',
      first(
        `{ __proto__: customer(identifier: ${mobileLiteral(mobiles.three)}) { constructor: userId __proto__: id } }`,
      ),
    ],
    [
      'a variable that objects have',
      first('query ($__proto__: ID!) { node(id: $__proto__) { id } }', JSON.parse('{"__proto__":"x"}')),
    ],
    ['no field but the type', first('{ __typename }')],
    ['no field at the root', first('{ __typename @skip(if: true) }')],
    [
      'no field of any object',
      first(`query ($on: Boolean = false) { customer(identifier: ${mobileLiteral(mobiles.three)}) { ledgerBalance { ...B } } }
        fragment B on LedgerBalance { edges { node { programId @include(if: $on) } } nodes { programId @include(if: $on) } pageInfo { endCursor @include(if: $on) } }`),
    ],
    ['the schema', first('{ __schema { queryType { name } } }')],
    ['an operation that no document has', { query: '{ __typename }', operationName: 'none' }],
    [
      'one of two operations',
      { query: 'query A { __typename } query B { b: __typename }', operationName: 'B' },
    ],
    ['an operation without a name', { query: 'query A { __typename }' }],
    ['an operation whose name is empty', { query: 'query A { __typename }', operationName: '' }],
    ['an operation whose name is null', { query: 'query A { __typename }', operationName: null }],
    ['an operation by its name', { query: 'query A { __typename }', operationName: 'A' }],
    ['a text that looks like a name and a document', { query: '1 Aquery A { __typename }' }],
    ['none of two operations', { query: 'query A { __typename } query B { b: __typename }' }],
    ['a batch', [first('{ __typename }'), first(list, { first: 1 })]],
    ['no query', { variables: {} }],
    ['a query that is no text', { query: 1 }],
    ['variables that are no object', { query: '{ __typename }', variables: [] }],
    ['extensions that are no object', { query: '{ __typename }', extensions: 1 }],
    ['an unknown parameter', { query: '{ __typename }', id: 'x' }],
    ['no GraphQL', { query: '{' }],
    ['a field that there is not', { query: '{ nothing }' }],
    ['a query that is no text', { query: 1 }],
    ['variables that are no object', first('{ __typename }', [])],
    ['an operation name that is no text', { query: '{ __typename }', operationName: 1 }],
    ['extensions that are no object', { query: '{ __typename }', extensions: 1 }],
    ['members that nobody knows', { query: '{ __typename }', status: 200, headers: {}, more: 1 }],
    ['a batch', [{ query: '{ __typename }' }, { query: '{' }]],
    ['no JSON', '{'],
    ['nothing', ''],
    [
      'bytes that are no text',
      Buffer.from('{"query":"{ __typename }","variables":{"a":"zo\xeb"}}', 'latin1'),
    ],
    ['a byte order mark', '\ufeff{"query":"{ __typename }"}'],
  ])('for %s', async (_, body) => {
    await expectEqual(body);
  });

  it.each<Headers>([
    { accept: 'application/graphql-response+json' },
    { accept: 'application/graphql-response+json;q=0.1, application/json' },
    { accept: 'text/html' },
    { accept: '*/*' },
    { 'content-type': 'Application/JSON ; charset=UTF-8' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-type': 'text/plain' },
    { 'content-encoding': 'gzip' },
    { 'content-encoding': 'identity' },
    { 'transfer-encoding': 'chunked' },
    { expect: '100-continue' },
    { 'accept-language': 'nl' },
    { 'accept-language': 'x'.repeat(5000) },
    { 'x-forwarded-for': '192.0.2.7' },
    { 'accept-encoding': 'gzip' },
    { origin: 'https://elsewhere.test' },
    { origin: 'https://page.test' },
  ])('with %o', async (headers) => {
    const body = first(print(everything), { identifier: byMobile(mobiles.twelve) });
    const { calls, traced } = await expectEqual(body, headers);
    expect(calls).toBeLessThanOrEqual(2);
    expect(traced.length - calls).toBeLessThanOrEqual(1); // One span of the request, and one of each call.
  });

  it.each<Fault>([
    { kind: 'server-error' },
    { kind: 'html' },
    { kind: 'reset' },
    { kind: 'refusal', code: 9005 },
    { kind: 'server-error', query: { offset: '1' } },
    { kind: 'server-error', query: { tillId: '7' } },
  ])('while the upstream fails with %o, for as many calls', async (fault) => {
    const query = `query T($first: Int) { customer(identifier: ${mobileLiteral(mobiles.gaps)}) {
      userId a: ledgerBalance(first: $first) { nodes { pointsCategory } warnings { code } pageInfo { endCursor } }
      b: ledgerBalance(first: 2, tillId: 7) { totalCount } } }`;
    await expectEqual(first(query), {}); // Both ways have seen the operation before anything fails.
    await expectEqual(first(query, { first: 20 }), {}, [fault]);
  });

  it('for any document, with directives on and off', async () => {
    await fc.assert(
      fc.asyncProperty(parts, parts, fc.boolean(), async (some, others, yes) => {
        await expectEqual(first(writeOperation(some, others), { yes }));
      }),
      { numRuns: 60 },
    );
  });
});

/** What stands in the log of a client that leaves: after half a body, or while its upstream call hangs. */
async function leftBehind({ harness: { logLines }, server }: Way, body: string, moment: 'body' | 'call') {
  const { sandbox } = harness;
  sandbox.reset();
  sandbox.setFaults([{ kind: 'hang' }]);
  const before = logLines.length;
  const headers = { ...jsonBody, 'content-length': body.length };
  const sent = httpRequest(`${server.url}/graphql`, { method: 'POST', headers }).on('error', () => undefined);
  sent.write(moment === 'call' ? body : body.slice(0, -9));
  if (moment === 'call') await sandbox.until((calls) => calls.length === 1);
  else await delay(20); // The server has read a part of the body; nothing tells so from outside.
  sent.destroy();
  await expect.poll(() => logLines.length).toBe(before + 1);
  return { told: withoutMoment(logLines[before] ?? {}), calls: sandbox.callCount() };
}

describe('the log is the same on both ways', () => {
  it.each(['body', 'call'] as const)('for a client that leaves during its %s', async (moment) => {
    const asked = first(print(details), { identifier: byMobile(mobiles.three) });
    await expectEqual(asked); // Both ways have seen the operation.
    const body = JSON.stringify(asked);
    const long = await leftBehind(ways.long, body, moment);
    expect(long).toMatchObject({ told: { outcome: 'aborted' }, calls: moment === 'call' ? 1 : 0 });
    expect(await leftBehind(ways.short, body, moment)).toEqual(long);
  });
});
