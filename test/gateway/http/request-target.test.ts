/** Requests over the wire whose host, target or framing is unclear: refused in the form of every error, on every path. */

import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidHost, targetOf } from '../../../src/gateway/http/request-target.ts';
import { errorsOf } from '../client-form.ts';
import { type Harness, startHarness } from '../harness.ts';
import { serve } from '../listening.ts';
import { threeMembers } from '../members.ts';
import { scrape, total } from '../scrape.ts';

const open = (env: Record<string, string> = { HOST: '0.0.0.0' }) =>
  startHarness({ members: threeMembers }, env);

/** Sends a request's head as it is written here, and gives the answer: status, headers as text, body. */
async function say(harness: Harness, requestLine: string, ...headers: string[]) {
  const socket = connect(Number(new URL(await serve(harness)).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write([requestLine, ...headers, 'Connection: close', '', ''].join('\r\n'));
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body };
}

const errors = 'ledger_gateway_operation_errors_total';
const requestId = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const asked = '/graphql?query={__typename}';

describe('a request', () => {
  it.each<[string, string, ...string[]]>([
    ['whose host has a space', `GET ${asked} HTTP/1.1`, 'Host: a b'],
    ['whose host contains a path', 'GET /x HTTP/1.1', `Host: h${asked}#`],
    ['with two hosts', `GET ${asked} HTTP/1.1`, 'Host: a', 'HOST: b'],
    [
      'with two credentials',
      `GET ${asked} HTTP/1.1`,
      'Host: a',
      'Authorization: Basic YQ==',
      'authorization: Basic Yg==',
    ],
    [
      'with two tokens',
      `GET ${asked} HTTP/1.1`,
      'Host: a',
      'X-CAP-API-OAUTH-TOKEN: a',
      'x-cap-api-oauth-token: b',
    ],
    [
      'with two types of body',
      'POST /graphql HTTP/1.1',
      'Host: a',
      'Content-Type: application/json',
      'Content-Type: text/plain',
      'Content-Length: 0',
    ],
    ['with a half address for a host, though it is a probe', 'GET /livez HTTP/1.1', 'Host: [::'],
    [
      'with a port that there is not, though it is for a page',
      'GET / HTTP/1.1',
      'Host: h:99999',
      'Accept: text/html',
    ],
    ['in HTTP/1.0 with a bad host', 'GET /readyz HTTP/1.0', 'Host: @'],
    ['for a server whose name is not valid', 'GET http://[::/graphql HTTP/1.1', 'Host: h'],
    ['for no path', 'OPTIONS * HTTP/1.1', 'Host: h'],
  ])('%s is BAD_REQUEST, with a log line and a count', async (_, requestLine, ...headers) => {
    const harness = await open();
    const { status, head, body } = await say(harness, requestLine, `X-Request-Id: ${requestId}`, ...headers);
    expect([status, errorsOf(JSON.parse(body))]).toEqual([400, [['BAD_REQUEST', null]]]);
    expect(head).toMatch(/\r\ncontent-type: application\/json/);
    expect(head).toContain(`\r\nx-request-id: ${requestId}`);
    expect(harness.logLines).toEqual([
      expect.objectContaining({ msg: 'operation', requestId, errorCodes: ['BAD_REQUEST'] }),
    ]);
    expect(total(await scrape(harness.gateway), errors, 'code="BAD_REQUEST"')).toBe(1);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each<[string, string, ...string[]]>([
    ['in the form that is sent to proxies', `GET http://gateway.test${asked} HTTP/1.1`, 'Host: h'],
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

describe('a probe in the form that is sent to proxies', () => {
  const probe = ['GET http://h/livez?x HTTP/1.1', 'Host: h'] as const;

  it("is served on the operators' port", async () => {
    const harness = await open();
    const { adminListener: listener } = harness.gateway;
    const { status } = await say({ ...harness, gateway: { ...harness.gateway, listener } }, ...probe);
    expect(status).toBe(200);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('cannot be read by a page of another origin', async () => {
    const harness = await open({ HOST: '0.0.0.0', CORS_ORIGINS: 'https://points.example' });
    const { status, head } = await say(harness, ...probe, 'Origin: https://points.example');
    expect([status, /access-control|vary/.exec(head)]).toEqual([200, null]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('a body', () => {
  const send = (harness: Harness, ...codings: readonly string[]) =>
    say(
      harness,
      'POST /graphql HTTP/1.1',
      'Host: h',
      'Content-Type: application/json',
      ...codings.map((coding) => `Transfer-Encoding: ${coding}`),
      'Connection: close',
      '',
      '1a\r\n{"query":"{ __typename }"}\r\n0',
    );

  it.each([['gzip, chunked'], ['identity, chunked'], ['gzip', 'chunked'], ['x-none,chunked']])(
    'under the transfer codings %s is refused without a call',
    async (...codings) => {
      const harness = await open();
      const { status, body } = await send(harness, ...codings);
      expect([status, errorsOf(JSON.parse(body))]).toEqual([501, [['BAD_REQUEST', null]]]);
      expect(total(await scrape(harness.gateway), errors, 'code="BAD_REQUEST"')).toBe(1);
      expect(harness.sandbox.callCount()).toBe(0);
    },
  );

  it.each([['chunked'], ['Chunked']])('under the transfer coding %s is read', async (coding) => {
    const harness = await open();
    const { status, body } = await send(harness, coding);
    expect([status, JSON.parse(body)]).toEqual([200, { data: { __typename: 'Query' } }]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('a host name', () => {
  const refused = [421, [['BAD_REQUEST', null]]];
  const served = [200, []];

  async function askAs(harness: Harness, host: string, target = asked) {
    const { status, body } = await say(harness, `GET ${target} HTTP/1.1`, `Host: ${host}`);
    return [status, errorsOf(JSON.parse(body))];
  }

  it.each([
    ['localhost:4000', served],
    ['LocalHost.', served],
    ['127.0.0.1:1', served],
    ['127.1.2.3', served],
    ['[::1]:4000', served],
    ['gateway.localhost', served],
    ['', served],
    ['attacker.example', refused],
    ['localhost.attacker.example:4000', refused],
    ['notlocalhost', refused],
    ['10.0.0.7', refused],
    ['127.0.0.1.attacker.example', refused],
  ])('%j is checked by a gateway that only this machine reaches', async (host, expected) => {
    const harness = await open({});
    expect(await askAs(harness, host)).toEqual(expected);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it.each([
    ['api.example.com:8080', served],
    ['API.Example.com.', served],
    ['10.0.0.7', served],
    ['[2001:DB8:0::7]:80', served],
    ['example.com', refused],
    ['x.api.example.com', refused],
    ['localhost', refused],
  ])('%j is checked against ALLOWED_HOSTS', async (host, expected) => {
    const harness = await open({ HOST: '0.0.0.0', ALLOWED_HOSTS: 'api.example.com, 10.0.0.7,2001:db8::7' });
    expect(await askAs(harness, host)).toEqual(expected);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is not checked by a gateway that others reach, unless ALLOWED_HOSTS is set', async () => {
    const harness = await open();
    expect(await askAs(harness, 'whatever.example')).toEqual(served);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is read from the target rather than from the header', async () => {
    const harness = await open({});
    expect(await askAs(harness, 'localhost', `http://attacker.example${asked}`)).toEqual(refused);
    expect(await askAs(harness, 'attacker.example', `http://localhost${asked}`)).toEqual(served);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is checked for pages, and not for probes and metrics', async () => {
    const harness = await open({});
    const statuses: number[] = [];
    for (const path of ['/livez', '/readyz?x', '/metrics', '/', '/schema.graphql', '/x/../livez'])
      statuses.push((await say(harness, `GET ${path} HTTP/1.1`, 'Host: 10.1.2.3:4000')).status);
    expect(statuses).toEqual([200, 200, 200, 421, 421, 421]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('a host', () => {
  it.each([
    '',
    'gateway',
    'gateway.example.com',
    'gateway.example.com.:443',
    'my_service:4000',
    '10.0.0.7:4000',
    '[::1]',
    '[2001:db8::1]:4000',
    'h:',
    'a%2Db',
  ])('is %j', (host) => {
    expect(isValidHost(host)).toBe(true);
  });

  it.each([
    ['a b', 'a space'],
    ['x\ty', 'a tab'],
    ['a/b?c', 'a path'],
    ['x#y', 'a fragment'],
    ['\\', 'a path too, to a URL'],
    ['@', 'a user'],
    ['user:secret@h', 'a user'],
    ['[::', 'half an address'],
    ['[v1.x]', 'an address of the future'],
    ['x:99999', 'no such port'],
    ['x:80:80', 'two ports'],
    [':80', 'a port alone'],
    ['a%zz', 'no code'],
    ['a%20b', 'a space in code'],
    ['256.1.1.1', 'no address'],
    ['é', 'another language'],
    ['$' + '{HOST}', 'a setting that was not filled in'],
  ])('is not %j: %s', (host) => {
    expect(isValidHost(host)).toBe(false);
  });
});

describe('a target', () => {
  it.each([
    ['/graphql?query=%', '/graphql?query=%'],
    ['//x', '//x'],
    ['http://gateway.test:80/graphql?a', '/graphql?a'],
    ['HTTPS://gateway.test', '/'],
    ['http://gateway.test?a', '/?a'],
  ])('%s asks for %s', (target, path) => {
    expect(targetOf(target)).toBe(path);
  });

  it.each([
    '*',
    '',
    'graphql',
    'h:80',
    'ftp://h/x',
    'http:///x',
    'http://h:99999/x',
    'http://[::/x',
    'http://u@h/x',
  ])('%j is invalid', (target) => {
    expect(targetOf(target)).toBeUndefined();
  });

  it('makes, with any valid host, a URL that leads to no other host', () => {
    const anyText = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a1.:[]%/\\@?#*-') }));
    const hosts = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      anyText,
    );
    fc.assert(
      fc.property(hosts, fc.oneof(fc.webPath(), anyText), (host, target) => {
        const path = targetOf(target);
        if (host === '' || !isValidHost(host) || path === undefined) return;
        expect(new URL(`http://${host}${path}`).host).toBe(new URL(`http://${host}`).host);
      }),
    );
  });
});
