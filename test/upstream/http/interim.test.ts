/** Interim responses, asked for or not, are ignored (RFC 9110, section 15.2), however their bytes come. */

import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { withoutInterim } from '../../../src/upstream/http/connector.ts';
import { createDispatcher } from '../../../src/upstream/http/dispatcher.ts';
import { pageRequest, successBody } from '../bodies.ts';
import { callerWith, noSignal, startClient, startFetchPage, startSocket } from '../fake-upstream.ts';

const body = JSON.stringify(successBody());
const final = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const continues = 'HTTP/1.1 100 Continue\r\n\r\n';
const processing = 'HTTP/1.1 102 Processing\r\n\r\n';
const hints = 'HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n';

/** Writes pieces one by one, each as bytes of its own on the wire. */
const sendPieces = async (socket: Socket, pieces: readonly string[]): Promise<void> => {
  socket.setNoDelay(true);
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const inPieces = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
    text.slice(index * size, (index + 1) * size),
  );

describe('a page', () => {
  it.each([
    ['100', [continues + final]],
    ['100, and a pause', [continues, final]],
    ['102', [processing + final]],
    ['103', [hints + final]],
    ['several', [continues + hints, continues + processing + final]],
    ['100 in single bytes', [...inPieces(continues, 1), final]],
    ['103 in pieces', [...inPieces(hints + final.slice(0, 40), 7), final.slice(40)]],
  ])('comes after %s', async (_, pieces) => {
    const upstream = await startSocket((socket) => {
      void sendPieces(socket, pieces);
    });
    const page = await startFetchPage(upstream.url)(pageRequest(), noSignal());
    expect(page?.details.userId).toBe('502522264');
    expect([upstream.calls, upstream.connections]).toEqual([1, 1]);
  });

  it('keeps its connection for the next, which may begin the same way', async () => {
    let calls = 0;
    const upstream = await startSocket(
      () => {},
      (socket) =>
        socket.on('data', () => {
          calls += 1;
          socket.write(continues + final);
        }),
    );
    const fetchPage = startFetchPage(upstream.url, { dispatcher: createDispatcher({ maxConcurrency: 1 }) });
    for (const _ of [1, 2, 3]) await expect(fetchPage(pageRequest(), noSignal())).resolves.not.toBeNull();
    expect([calls, upstream.connections]).toEqual([3, 1]);
  });

  it('may hold the words of an interim response where a piece of it begins', async () => {
    const text = JSON.stringify(successBody({}, { firstName: 'HTTP/1.1 100 Continue' }));
    const at = text.indexOf('HTTP/1.1');
    const head = `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n`;
    const upstream = await startSocket((socket) => {
      void sendPieces(socket, [head + text.slice(0, at), text.slice(at)]);
    });
    const page = await startFetchPage(upstream.url)(pageRequest(), noSignal());
    expect(page?.details.firstName).toBe('HTTP/1.1 100 Continue');
    expect(upstream.calls).toBe(1);
  });

  it('comes through a proxy that sends one before its tunnel, from an upstream that sends one too', async () => {
    const proxy = await startSocket((socket) => {
      socket.once('data', () => socket.write(continues + final));
      socket.write(`${continues + hints}HTTP/1.1 200 OK\r\n\r\n`);
    });
    const dispatcher = createDispatcher({ maxConcurrency: 1, httpProxy: proxy.url });
    const fetchPage = startClient('http://upstream.test', { dispatcher }).forCaller(callerWith());
    await expect(fetchPage(pageRequest(), noSignal())).resolves.not.toBeNull();
    expect([proxy.calls, proxy.connections]).toEqual([1, 1]);
  });
});

describe('withoutInterim', () => {
  const split = (text: string) => {
    const { bytes, mayBeInterim } = withoutInterim(Buffer.from(text));
    return [bytes.toString(), mayBeInterim];
  };

  it.each([
    [continues + final, final, false],
    [continues + hints + final, final, false],
    [continues, '', true],
    [hints.slice(0, -1), hints.slice(0, -1), true],
    ['HTTP/1.', 'HTTP/1.', true],
    [`${continues}HTTP/1.1 2`, 'HTTP/1.1 2', false],
    ['SSH', 'SSH', false],
    ['HTTP/1.1 101 Go\r\n\r\n', 'HTTP/1.1 101 Go\r\n\r\n', false],
  ])('of %j leaves %j', (text, rest, mayBeInterim) => {
    expect(split(text)).toEqual([rest, mayBeInterim]);
  });

  it('holds no interim response of more than 16 KiB back', () => {
    const endless = `HTTP/1.1 103 Early Hints\r\nx: ${'x'.repeat(16_384)}`;
    expect(split(endless)).toEqual([endless, false]);
  });
});
