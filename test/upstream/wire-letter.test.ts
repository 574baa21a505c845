/** Answers at the edges of HTTP and JSON, byte by byte: each is read as the standards say, or refused. Never guessed at. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createDispatcher } from '../../src/upstream/http/dispatcher.ts';
import { entryBody, pageRequest, successBody } from './bodies.ts';
import { noSignal, startFetchPage, startSocket } from './fake-upstream.ts';

const page = JSON.stringify(successBody());
const length = Buffer.byteLength(page);

/** A whole answer, whose length is right. */
const answer = (body: string | Buffer, headers = ''): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n`),
    Buffer.from(body),
  ]);

const chunked = (trailers = ''): string => `${length.toString(16)};x=y\r\n${page}\r\n0\r\n${trailers}\r\n`;

/** What one call to an upstream that sends these bytes comes to: the balance, or the error's code. */
const outcomeOf = async (bytes: string | Buffer): Promise<string | undefined> => {
  const upstream = await startSocket((socket) => socket.end(bytes));
  const outcome = await startFetchPage(upstream.url)(pageRequest(), noSignal()).then(
    (answered) => answered?.entries[0]?.closingBalance,
    (error: unknown) => (error instanceof GatewayError ? error.code : Promise.reject(error)),
  );
  expect(upstream.calls).toBe(1);
  return outcome;
};

const balance = '30000.000';
const refused = 'UPSTREAM_BAD_RESPONSE';

describe('framing', () => {
  it.each<[string, string, string]>([
    ['one length twice', `content-length: ${length}\r\ncontent-length: ${length}\r\n\r\n${page}`, refused],
    ['a list of lengths', `content-length: ${length}, ${length}\r\n\r\n${page}`, refused],
    ['a length with a sign', `content-length: +${length}\r\n\r\n${page}`, refused],
    [
      'a length and chunks',
      `content-length: ${length}\r\ntransfer-encoding: chunked\r\n\r\n${chunked()}`,
      refused,
    ],
    ['a folded header', `x: a\r\n b\r\ncontent-length: ${length}\r\n\r\n${page}`, refused],
    ['a space before a colon', `content-length : ${length}\r\n\r\n${page}`, refused],
    ['NUL in a header', `x: a\u0000b\r\ncontent-length: ${length}\r\n\r\n${page}`, refused],
    [
      'a chunk of impossible size',
      `transfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n${page}`,
      refused,
    ],
    [
      'trailers without end',
      `transfer-encoding: chunked\r\n\r\n${chunked('a: b\r\n'.repeat(20_000))}`,
      refused,
    ],
    ['headers of 15 KB', `x: ${'x'.repeat(15_000)}\r\ncontent-length: ${length}\r\n\r\n${page}`, balance],
    ['chunks with extensions', `transfer-encoding: chunked\r\n\r\n${chunked('x: y\r\n')}`, balance],
    ['no length at all', `\r\n${page}`, balance],
  ])('by %s', async (_, rest, outcome) => {
    expect(await outcomeOf(`HTTP/1.1 200 OK\r\n${rest}`)).toBe(outcome);
  });

  it.each([
    ['HTTP/1.0 200 OK', balance],
    ['HTTP/1.1 200', balance],
    ['HTTP/1.1 99 OK', refused],
    ['HTTP/1.1 2000 OK', refused],
    ['HTTP/1.1 204 OK', refused],
    ['HTTP/1.1 205 OK', refused],
    ['HTTP/1.1 206 OK', refused],
    ['HTTP/1.1 304 OK', refused],
  ])('that begins with %s', async (line, outcome) => {
    expect(await outcomeOf(`${line}\r\n\r\n${page}`)).toBe(outcome);
  });

  it('that is followed by another answer, which nobody asked for, never answers the next call', async () => {
    const other = JSON.stringify(
      successBody({ ledgerClosingBalance: [entryBody({ closingBalance: '666' })] }),
    );
    const upstream = await startSocket((socket) =>
      socket.write(Buffer.concat([answer(page), answer(other)])),
    );
    const dispatcher = createDispatcher({ maxConcurrency: 1 });
    const fetchPage = startFetchPage(upstream.url, { dispatcher });
    for (const _ of [1, 2, 3]) {
      const answered = await fetchPage(pageRequest(), noSignal());
      expect(answered?.entries[0]?.closingBalance).toBe(balance);
    }
    expect([upstream.calls, upstream.connections]).toEqual([3, 3]);
  });
});

describe('text', () => {
  const [before = '', after = ''] = page.split('ext-1');
  const around = (middle: Buffer) => Buffer.concat([Buffer.from(before), middle, Buffer.from(after)]);

  it.each<[string, Buffer, string]>([
    ['a byte order mark', answer(`\ufeff${page}`), balance],
    ['a charset that JSON does not have', answer(page, 'content-type: text/html; charset=x\r\n'), balance],
    ['UTF-16', answer(Buffer.from(page, 'utf16le')), refused],
    ['Latin-1', answer(Buffer.from(page.replace('ext-1', 'é'), 'latin1')), refused],
    ['half of a surrogate pair as bytes', answer(around(Buffer.from('eda0bd', 'hex'))), refused],
    ['a longer form of a byte than need be', answer(around(Buffer.from('c0af', 'hex'))), refused],
    ['NUL as it is', answer(around(Buffer.from([0]))), refused],
    ['something after it', answer(`${page}x`), refused],
    ['itself once more', answer(page + page), refused],
  ])('with %s', async (_, bytes, outcome) => {
    expect(await outcomeOf(bytes)).toBe(outcome);
  });

  it.each(['\\u0000', '\\ud800', '\\ud83d\\ude00'])(
    'keeps what is escaped as it was sent: %s',
    async (text) => {
      const upstream = await startSocket((socket) => socket.end(answer(page.replace('ext-1', `a${text}b`))));
      const answered = await startFetchPage(upstream.url)(pageRequest(), noSignal());
      expect(answered?.details.externalId).toBe(JSON.parse(`"a${text}b"`));
      expect(upstream.calls).toBe(1);
    },
  );
});

describe('a balance', () => {
  const sent = (text: string) => answer(page.replace(`"${balance}"`, text));

  it.each([
    ['1e400', refused],
    ['1e-400', refused],
    ['1e21', '1000000000000000000000'],
    ['-0.10', '-0.10'],
    ['12345678901234567890.10', '12345678901234567890.10'],
    ['NaN', refused],
    ['01', refused],
    ['.5', refused],
    ['"Infinity"', refused],
    ['"0x10"', refused],
    ['" 1"', refused],
    ['"1,5"', refused],
    ['""', refused],
    ['null', refused],
    ['true', refused],
    ['["1"]', refused],
  ])('that is sent as %s', async (text, outcome) => {
    expect(await outcomeOf(sent(text))).toBe(outcome);
  });

  it.each([['"1","closingBalance":"2"'], ['"1","closing\\u0042alance":"2"'], ['"1","closingBalance":"1"']])(
    'that is sent twice is refused: %s',
    async (text) => {
      expect(await outcomeOf(sent(text))).toBe(refused);
    },
  );

  it('of one of two lists is refused as well', async () => {
    const twice = page.replace(/}$/, ',"ledgerDetails":{"pageNumber":0,"pageSize":10,"totalEntries":0}}');
    expect(await outcomeOf(answer(twice))).toBe(refused);
  });
});
