/** Bodies that are compressed though nobody asked for it: read within the bound, or refused in clear words. */

import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { GatewayError } from '../../../src/errors.ts';
import { maxBodyBytes, readBody } from '../../../src/upstream/http/body.ts';
import { failureBody, pageRequest, successBody } from '../bodies.ts';
import { type FakeUpstream, noSignal, startFetchPage, startUpstream } from '../fake-upstream.ts';

const page = JSON.stringify(successBody());

const startCompressing = (coding: string | string[], body: Buffer, status = 200): Promise<FakeUpstream> =>
  startUpstream((_, response) => {
    response.setHeader('content-encoding', coding).writeHead(status).end(body);
  });

const errorFrom = async (upstream: FakeUpstream): Promise<GatewayError> =>
  startFetchPage(upstream.url)(pageRequest(), noSignal()).then(
    () => Promise.reject(new Error('Expected an error, got an answer.')),
    (error: GatewayError) => error,
  );

describe('a page', () => {
  it.each<[string | string[], Buffer]>([
    ['gzip', gzipSync(page)],
    ['GZip', gzipSync(page)],
    ['x-gzip', gzipSync(page)],
    ['deflate', deflateSync(page)],
    ['deflate', deflateRawSync(page)],
    ['br', brotliCompressSync(page)],
    ['identity', Buffer.from(page)],
    ['', Buffer.from(page)],
    ['gzip, br', brotliCompressSync(gzipSync(page))],
    [['deflate', 'identity, gzip'], gzipSync(deflateSync(page))],
    ['gzip', Buffer.concat([gzipSync(page.slice(0, 9)), gzipSync(page.slice(9))])],
  ])('is read from %j (%#)', async (coding, body) => {
    const upstream = await startCompressing(coding, body);
    const answer = await startFetchPage(upstream.url)(pageRequest(), noSignal());
    expect(answer?.details.userId).toBe('502522264');
    expect(upstream.calls.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity']);
  });

  it('of exactly 1 MiB when it is plain is read, and of one byte more is not', async () => {
    for (const [length, code] of [
      [maxBodyBytes, undefined],
      [maxBodyBytes + 1, 'UPSTREAM_BAD_RESPONSE'],
    ] as const) {
      const upstream = await startCompressing('gzip', gzipSync(page.padEnd(length)));
      const outcome = await startFetchPage(upstream.url)(pageRequest(), noSignal()).catch(
        (error: GatewayError) => error,
      );
      expect(outcome && 'code' in outcome ? outcome.code : undefined).toBe(code);
      expect(upstream.calls).toHaveLength(1);
    }
  });
});

describe('a refusal', () => {
  it('is read as well, and a failure stays one whatever its body', async () => {
    const refusing = await startCompressing('gzip', gzipSync(JSON.stringify(failureBody(8015))), 400);
    expect(await startFetchPage(refusing.url)(pageRequest(), noSignal())).toBeNull();
    const failing = await startCompressing('gzip', Buffer.from('no gzip'), 502);
    expect((await errorFrom(failing)).code).toBe('UPSTREAM_UNAVAILABLE');
    expect([refusing.calls.length, failing.calls.length]).toEqual([1, 1]);
  });
});

describe('what cannot be read', () => {
  const cut = gzipSync(page).subarray(0, -12);
  it.each<[string, Buffer, RegExp]>([
    ['zstd', Buffer.from('28b52ffd', 'hex'), /compressed in a way that nobody asked for/],
    ['constructor', Buffer.from(page), /compressed in a way that nobody asked for/],
    ['gzip', Buffer.from(page), /a broken compressed one/],
    ['gzip', cut, /a broken compressed one/],
    ['deflate', Buffer.from(page), /a broken compressed one/],
    ['br', Buffer.from(page), /a broken compressed one/],
    ['gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(page))), /compressed too often/],
    ['gzip', gzipSync(Buffer.from([0xff])), /not UTF-8/],
  ])('is said to be so: %s (%#)', async (coding, body, message) => {
    const upstream = await startCompressing(coding, body);
    expect(await errorFrom(upstream)).toMatchObject({
      code: 'UPSTREAM_BAD_RESPONSE',
      message: expect.stringMatching(message),
    });
    expect(upstream.calls).toHaveLength(1);
  });
});

describe('a small body that grows to a gigabyte', () => {
  const zeros = Buffer.alloc(2 ** 26);
  const bombs: readonly (readonly [string, Buffer])[] = [
    ['gzip', Buffer.concat(Array.from({ length: 16 }, () => gzipSync(zeros)))],
    ['gzip, br', brotliCompressSync(gzipSync(zeros))],
    ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ];

  it.each(bombs)('takes no memory and little time: %s', async (coding, body) => {
    const before = process.memoryUsage().rss;
    const startedAt = performance.now();
    const decoded = await readBody(body, coding);
    expect(decoded).toMatchObject({ message: expect.stringContaining('more than that, compressed') });
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * maxBodyBytes);
  });
});
