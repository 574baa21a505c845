/** Requests over the wire that nobody can be sure whom they are for: refused in the form of every error, wherever they lead. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { serve } from './listening.ts';
import { threeMembers } from './members.ts';
import { scrape, total } from './scrape.ts';

const open = () => startHarness({ members: threeMembers });

/** Sends a request's head as it is written here, and gives the answer: status, headers as text, body. */
async function say(harness: Harness, requestLine: string, ...headers: string[]) {
  const socket = connect(Number(new URL(await serve(harness)).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write([requestLine, ...headers, 'Connection: close', '', ''].join('\r\n'));
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body };
}

const errors = 'ledger_gateway_operation_errors_total';
const asked = '/graphql?query={__typename}';

describe('a request', () => {
  it.each<[string, string, ...string[]]>([
    ['whose host has a space', `GET ${asked} HTTP/1.1`, 'Host: a b'],
    ['whose host leads elsewhere', 'GET /x HTTP/1.1', `Host: h${asked}#`],
    ['with two hosts', `GET ${asked} HTTP/1.1`, 'Host: a', 'HOST: b'],
    ['with a half address for a host, though it is a probe', 'GET /livez HTTP/1.1', 'Host: [::'],
    [
      'with a port that there is not, though it is for a page',
      'GET / HTTP/1.1',
      'Host: h:99999',
      'Accept: text/html',
    ],
    ['in HTTP/1.0 with a bad host', 'GET /readyz HTTP/1.0', 'Host: @'],
    ['for another server that cannot be', 'GET http://[::/graphql HTTP/1.1', 'Host: h'],
    ['for no path', 'OPTIONS * HTTP/1.1', 'Host: h'],
  ])('%s is BAD_REQUEST, and leaves its line and its count', async (_, requestLine, ...headers) => {
    const harness = await open();
    const { status, head, body } = await say(harness, requestLine, 'X-Request-Id: seven', ...headers);
    expect([status, errorsOf(JSON.parse(body))]).toEqual([400, [['BAD_REQUEST', null]]]);
    expect(head).toMatch(/\r\ncontent-type: application\/json/);
    expect(head).toMatch(/\r\nx-request-id: seven/);
    expect(harness.logLines).toEqual([
      expect.objectContaining({ msg: 'operation', requestId: 'seven', errorCodes: ['BAD_REQUEST'] }),
    ]);
    expect(total(await scrape(harness.gateway), errors, 'code="BAD_REQUEST"')).toBe(1);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each<[string, string, ...string[]]>([
    ['as proxies are asked', `GET http://gateway.test${asked} HTTP/1.1`, 'Host: h'],
    ['in HTTP/1.0, without a host', `GET ${asked} HTTP/1.0`],
    ['with an empty host', `GET ${asked} HTTP/1.1`, 'Host:'],
    ['with an address for a host', `GET ${asked} HTTP/1.1`, 'Host: [::1]:4000'],
  ])('%s is answered', async (_, requestLine, ...headers) => {
    const harness = await open();
    const { status, body } = await say(harness, requestLine, ...headers);
    expect([status, JSON.parse(body)]).toEqual([200, { data: { __typename: 'Query' } }]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
