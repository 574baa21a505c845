/** The client against a hostile or broken upstream: each misdeed ends in the one error that fits it. */

import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode, GatewayError } from '../../src/errors.ts';
import { maxBodyBytes } from '../../src/upstream/http/body.ts';
import { pageRequest, successBody } from './bodies.ts';
import { noSignal, startFetchPage, startJsonUpstream, startSocket, startUpstream } from './fake-upstream.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});

afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

/** The error that one call to this server ends with. */
const errorFrom = async (url: string, timeoutMs = 5000): Promise<GatewayError> =>
  startFetchPage(url, { timeoutMs })(pageRequest(), noSignal()).then(
    () => Promise.reject(new Error('Expected an error, got an answer.')),
    (error: GatewayError) => error,
  );

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const success = JSON.stringify(successBody());

const sendForever = (socket: Socket, piece: string): void => {
  const send = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', send);
  send();
};

describe('bytes that are no proper answer', () => {
  it.each<[string, string, ErrorCode]>([
    ['that are not HTTP', 'SSH-2.0-OpenSSH_9.2\r\n', 'UPSTREAM_BAD_RESPONSE'],
    ['with 100 kB of headers', `${head}x: ${'x'.repeat(100_000)}\r\n\r\n`, 'UPSTREAM_BAD_RESPONSE'],
    ['with two lengths', `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`, 'UPSTREAM_BAD_RESPONSE'],
    ['with a broken chunk', `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`, 'UPSTREAM_BAD_RESPONSE'],
    ['cut in the headers', `${head}content-le`, 'UPSTREAM_UNAVAILABLE'],
    ['cut before the headers', '', 'UPSTREAM_UNAVAILABLE'],
    ['cut in the body', `${head}content-length: 5000\r\n\r\n${success}`, 'UPSTREAM_BAD_RESPONSE'],
    [
      'cut in a chunk',
      `${head}transfer-encoding: chunked\r\n\r\n5000\r\n${success}`,
      'UPSTREAM_BAD_RESPONSE',
    ],
    ['cut between chunks', `${head}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n`, 'UPSTREAM_BAD_RESPONSE'],
    ['with half the JSON in a whole body', `${head}\r\n${success.slice(0, 300)}`, 'UPSTREAM_BAD_RESPONSE'],
    ['longer than their length', `${head}content-length: 50\r\n\r\n${success}`, 'UPSTREAM_BAD_RESPONSE'],
    ['cut in the body of a 503', 'HTTP/1.1 503 No\r\ncontent-length: 9\r\n\r\n<', 'UPSTREAM_UNAVAILABLE'],
    ['cut in the body of a 401', 'HTTP/1.1 401 No\r\ncontent-length: 9\r\n\r\n<', 'UNAUTHENTICATED'],
    ['cut in the body of a 429', 'HTTP/1.1 429 No\r\ncontent-length: 9\r\n\r\n<', 'RATE_LIMITED'],
    [
      'that switch protocols',
      'HTTP/1.1 101 Go\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      'UPSTREAM_UNAVAILABLE',
    ],
    ['that only hint', 'HTTP/1.1 103 Early Hints\r\n\r\n', 'UPSTREAM_UNAVAILABLE'],
    ['that ask for more', 'HTTP/1.1 100 Continue\r\n\r\n', 'UPSTREAM_UNAVAILABLE'],
  ])('%s', async (_, bytes, code) => {
    const upstream = await startSocket((socket) => socket.end(bytes));
    expect((await errorFrom(upstream.url)).code).toBe(code);
    expect(upstream.calls).toBe(1);
  });

  it('that begin and stop end in UPSTREAM_TIMEOUT, in the headers or in the body', async () => {
    for (const bytes of [head, `${head}content-length: 5000\r\n\r\n${success}`]) {
      const upstream = await startSocket((socket) => socket.write(bytes));
      expect((await errorFrom(upstream.url, 200)).code).toBe('UPSTREAM_TIMEOUT');
      expect(upstream.calls).toBe(1);
    }
  });

  it.each<[number, ErrorCode]>([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [429, 'RATE_LIMITED'],
  ])('that begin with status %i and stop say enough by that', async (status, code) => {
    const upstream = await startSocket((socket) => {
      socket.write(`HTTP/1.1 ${status} No\r\ncontent-length: 9\r\n\r\n<`);
    });
    expect((await errorFrom(upstream.url)).code).toBe(code);
    expect(upstream.calls).toBe(1);
  });

  it('that trickle in never outlast the deadline', async () => {
    const upstream = await startSocket((socket) => {
      socket.write(`${head}\r\n`);
      const trickle = setInterval(() => socket.write(' '), 2);
      socket.on('close', () => clearInterval(trickle));
    });
    expect((await errorFrom(upstream.url, 60)).code).toBe('UPSTREAM_TIMEOUT');
  });

  it.each<[string, string, number, ErrorCode]>([
    ['headers', `${head}x: ${'x'.repeat(600)}\r\n`, 5000, 'UPSTREAM_BAD_RESPONSE'],
    ['early hints', 'HTTP/1.1 103 Early Hints\r\n\r\n', 100, 'UPSTREAM_TIMEOUT'],
  ])('that are endless %s are given up', async (_, piece, timeoutMs, code) => {
    const upstream = await startSocket((socket) => sendForever(socket, piece));
    expect((await errorFrom(upstream.url, timeoutMs)).code).toBe(code);
  });
});

describe('a connection', () => {
  it('closed at once is UPSTREAM_UNAVAILABLE', async () => {
    const upstream = await startSocket(
      () => {},
      (socket) => socket.end(),
    );
    expect((await errorFrom(upstream.url)).code).toBe('UPSTREAM_UNAVAILABLE');
  });

  it('reset before the answer is UPSTREAM_UNAVAILABLE, in the middle of it UPSTREAM_BAD_RESPONSE', async () => {
    const before = await startSocket((socket) => socket.resetAndDestroy());
    expect((await errorFrom(before.url)).code).toBe('UPSTREAM_UNAVAILABLE');
    const amid = await startUpstream((_, response) => {
      response.writeHead(200).write('{', () => response.socket?.resetAndDestroy());
    });
    expect((await errorFrom(amid.url)).code).toBe('UPSTREAM_BAD_RESPONSE');
    expect([before.calls, amid.calls.length]).toEqual([1, 1]);
  });

  it('refused, to an unknown host, or to a server without TLS is UPSTREAM_UNAVAILABLE', async () => {
    const plain = await startJsonUpstream(successBody());
    const urls = ['http://127.0.0.1:1', 'http://host.invalid', plain.url.replace('http:', 'https:')];
    for (const url of urls) expect((await errorFrom(url)).code).toBe('UPSTREAM_UNAVAILABLE');
    expect(plain.calls).toHaveLength(0);
  });

  it('closed by the upstream after an answer is replaced for the next call', async () => {
    const upstream = await startSocket((socket) => socket.end(`${head}\r\n${success}`));
    const fetchPage = startFetchPage(upstream.url);
    for (const _ of [1, 2, 3]) await expect(fetchPage(pageRequest(), noSignal())).resolves.not.toBeNull();
    expect(upstream.calls).toBe(3);
  });
});

describe('a body', () => {
  const padded = (bytes: number) => success.padEnd(bytes, ' ');

  it('of exactly 1 MiB is read, one byte more is not', async () => {
    const upstream = await startUpstream((request, response) => {
      response.end(padded(maxBodyBytes + Number(request.url?.endsWith('offset=1'))));
    });
    const fetchPage = startFetchPage(upstream.url);
    await expect(fetchPage(pageRequest(), noSignal())).resolves.not.toBeNull();
    await expect(fetchPage(pageRequest({ pageNumber: 1 }), noSignal())).rejects.toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
    });
    await expect(fetchPage(pageRequest(), noSignal())).resolves.not.toBeNull();
    expect(upstream.calls).toHaveLength(3);
  });

  it.each([
    ['chunks', `${head}transfer-encoding: chunked\r\n\r\n`, `10000\r\n${' '.repeat(65_536)}\r\n`],
    ['bytes without a length', `${head}\r\n`, ' '.repeat(65_536)],
    ['bytes with a length of gigabytes', `${head}content-length: 9000000000\r\n\r\n`, ' '.repeat(65_536)],
  ])('that never ends, in %s, is given up soon after 1 MiB', async (_, start, piece) => {
    const closed: Promise<number>[] = [];
    const upstream = await startSocket((socket) => {
      closed.push(new Promise((resolve) => socket.on('close', () => resolve(socket.bytesWritten))));
      socket.write(start);
      sendForever(socket, piece);
    });
    expect((await errorFrom(upstream.url)).code).toBe('UPSTREAM_BAD_RESPONSE');
    expect(await closed[0]).toBeLessThan(32 * maxBodyBytes);
    expect(upstream.calls).toBe(1);
  });

  it.each([
    ['HTML', '<html><body>Sign in</body></html>'],
    ['empty', ''],
    ['not UTF-8', Buffer.from(success.replace('ext-1', 'ext-é'), 'latin1')],
    ['compressed unasked', Buffer.from('1f8b0800000000000003', 'hex')],
    ['another shape', '{"data":{"customer":null}}'],
    ['JSON nested 400,000 deep', '['.repeat(400_000)],
    ['a prototype', '{"__proto__":{"customerDetails":{}},"constructor":1}'],
  ])('that is %s is UPSTREAM_BAD_RESPONSE', async (_, body) => {
    const upstream = await startUpstream((_request, response) => response.end(body));
    expect((await errorFrom(upstream.url)).code).toBe('UPSTREAM_BAD_RESPONSE');
    expect(upstream.calls).toHaveLength(1);
  });

  it('of 204 or 304 is none: UPSTREAM_BAD_RESPONSE', async () => {
    for (const status of [204, 304]) {
      const upstream = await startUpstream((_, response) => response.writeHead(status).end());
      expect((await errorFrom(upstream.url)).code).toBe('UPSTREAM_BAD_RESPONSE');
    }
  });

  it('of a 5xx with a megabyte of HTML is still a failure that may pass', async () => {
    const upstream = await startUpstream((_, response) =>
      response.writeHead(502).end('<p>'.repeat(maxBodyBytes)),
    );
    expect((await errorFrom(upstream.url)).code).toBe('UPSTREAM_UNAVAILABLE');
  });
});

describe('a redirect', () => {
  it.each<[number, ErrorCode]>([
    [301, 'UPSTREAM_REJECTED'],
    [302, 'UPSTREAM_BAD_RESPONSE'],
    [303, 'UPSTREAM_BAD_RESPONSE'],
    [307, 'UPSTREAM_BAD_RESPONSE'],
    [308, 'UPSTREAM_REJECTED'],
  ])('of %i is never followed', async (status, code) => {
    const elsewhere = await startJsonUpstream(successBody());
    const upstream = await startUpstream((_, response) => {
      response.writeHead(status, { location: elsewhere.url }).end(success);
    });
    expect((await errorFrom(upstream.url)).code).toBe(code);
    expect([upstream.calls.length, elsewhere.calls.length]).toEqual([1, 0]);
  });
});

describe('messages', () => {
  it('never name the host, the port, a header or the body, while the cause keeps the original', async () => {
    const silent = await startSocket(() => {});
    const garbage = await startSocket((socket) => socket.end('secret-body\r\n\r\n'));
    const cut = await startSocket((socket) =>
      socket.end(`${head}x: secret-header\r\ncontent-length: 99\r\n\r\nsecret-body`),
    );
    const errors = [
      await errorFrom(silent.url, 20),
      await errorFrom(garbage.url),
      await errorFrom(cut.url),
      await errorFrom('http://127.0.0.1:1'),
      await errorFrom('http://secret-host.invalid'),
    ];
    for (const { message } of errors) expect(message).not.toMatch(/127\.0|secret|:\d|invalid|ECONN/);
    expect(errors.map(({ cause }) => cause instanceof Error)).toEqual([false, true, true, true, true]);
  });
});
