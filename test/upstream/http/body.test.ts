/** Which bodies may be asked for once more: those whose connection ended before they did. */

import { describe, expect, it } from 'vitest';
import { maxBodyBytes } from '../../../src/upstream/http/body.ts';
import { createDispatcher } from '../../../src/upstream/http/dispatcher.ts';
import { fetchAnswer } from '../../../src/upstream/http/http-call.ts';
import { failureBody, pageRequest } from '../bodies.ts';
import { callerWith, noSignal, startClient, startSocket } from '../fake-upstream.ts';

/** What came of reading an answer that consists of these bytes. */
const readFrom = async (bytes: string | Buffer, { isReset = false } = {}) => {
  const upstream = await startSocket((socket) => {
    if (isReset) socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 20));
    else socket.end(bytes);
  });
  const { undici, close } = createDispatcher({ maxConcurrency: 1 }).open(upstream.url);
  const call = {
    method: 'GET',
    path: '/',
    headers: [] as string[],
    signal: noSignal(),
    timeoutMs: 9000,
  } as const;
  const body = await fetchAnswer(undici, { ...call, decode: (answer) => answer.body });
  await close();
  expect(upstream.calls).toBe(1);
  return body;
};

const head = 'HTTP/1.1 200 OK\r\n';
const chunked = `${head}transfer-encoding: chunked\r\n\r\n`;

describe('a refusal', () => {
  it('that is cut short is asked for again, because it could have said anything', async () => {
    const answers = ['{"errors":[{"sta', JSON.stringify(failureBody(8015))];
    const upstream = await startSocket((socket) => {
      socket.end(
        `HTTP/1.1 400 No\r\ncontent-length: ${answers[1]?.length}\r\n\r\n${answers[upstream.calls - 1]}`,
      );
    });
    const client = startClient(upstream.url, { retry: { retries: 1, random: () => 0 } });
    expect(await client.forCaller(callerWith())(pageRequest(), new AbortController().signal)).toBeNull();
    expect(upstream.calls).toBe(2);
  });
});

const cutShort = { again: 'after-pause', blames: 'upstream' };

describe('a body', () => {
  it.each([
    ['ends before its length', `${head}content-length: 9\r\n\r\n{`, false],
    ['ends in a chunk', `${chunked}9\r\n{`, false],
    ['ends between chunks', `${chunked}2\r\n{}\r\n`, false],
    ['is reset before its length', `${head}content-length: 9\r\n\r\n{`, true],
    ['is reset in a chunk', `${chunked}9\r\n{`, true],
  ])('whose connection %s is cut short', async (_, bytes, isReset) => {
    const body = await readFrom(bytes, { isReset });
    expect(body).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', ...cutShort });
  });

  it('with a broken chunk is not asked for again, because the next answer would be broken too', async () => {
    const body = await readFrom(`${chunked}2\r\n{}\r\nzz\r\n`);
    expect(body).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', again: 'no', blames: 'edge' });
  });

  it.each([
    ['too long', ' '.repeat(maxBodyBytes + 1)],
    ['not UTF-8', Buffer.from([0xff])],
  ])('that is %s is not', async (_, bytes) => {
    const body = await readFrom(Buffer.concat([Buffer.from(`${head}\r\n`), Buffer.from(bytes)]));
    expect(body).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', again: 'no', blames: 'edge' });
  });

  it.each([
    ['ASCII', '{}', '{}'],
    ['two-byte letters', '"é"', '"é"'],
    ['four-byte letters after a byte order mark, which it loses', '\ufeff"\u{1f600}"', '"\u{1f600}"'],
  ])('that is whole is not: %s', async (_, text, read) => {
    expect(await readFrom(`${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`)).toBe(read);
  });
});
