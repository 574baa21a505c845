/**
 * One HTTP/1.1 connection to a server under load, as lean as a client can be: the load must not take more time than
 * what it measures. Knows keep-alive, Content-Length and chunks; nothing else comes from the servers here.
 */

import { connect, type Socket } from 'node:net';

/** What came back: the status, and the body undecoded. Chunks stand in it with their sizes. */
export type Answer = { readonly status: number; readonly body: Buffer; readonly isChunked: boolean };

/** An open connection. One request at a time. */
export type Connection = {
  /** Writes a whole request and waits for the whole answer. Rejects when the connection ends before. */
  readonly exchange: (request: string) => Promise<Answer>;
  readonly close: () => void;
};

const headEnd = '\r\n\r\n';
const lastChunk = Buffer.from('\r\n0\r\n\r\n');

/** The answer in these bytes, or undefined while more must come. The last chunk cannot be part of JSON, which has no bare line ends. */
function readAnswer(received: Buffer): Answer | undefined {
  const end = received.indexOf(headEnd);
  if (end === -1) return undefined;
  const head = received.toString('latin1', 0, end);
  const body = received.subarray(end + headEnd.length);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined)
    return body.length < Number(length) ? undefined : { status, body, isChunked: false };
  const isWhole = body.length >= lastChunk.length && body.subarray(-lastChunk.length).equals(lastChunk);
  return isWhole ? { status, body, isChunked: true } : undefined;
}

/** Opens a connection to a port of this machine. */
export function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(connectionOn(socket));
    });
  });
}

function connectionOn(socket: Socket): Connection {
  let received: Buffer | undefined;
  let waiting: { resolve(answer: Answer): void; reject(error: Error): void } | undefined;
  socket.on('data', (bytes) => {
    received = received === undefined ? bytes : Buffer.concat([received, bytes]);
    const answer = readAnswer(received);
    if (answer === undefined) return;
    received = undefined;
    waiting?.resolve(answer);
  });
  const fail = () => waiting?.reject(new Error('The server closed the connection'));
  socket.on('error', fail).on('close', fail);
  const exchange = (request: string) =>
    new Promise<Answer>((resolve, reject) => {
      if (socket.destroyed) return reject(new Error('The server had closed the connection'));
      waiting = { resolve, reject };
      socket.write(request);
    });
  return { exchange, close: () => void socket.destroy() };
}

/** The body as text. */
export function bodyText({ body, isChunked }: Answer): string {
  return (isChunked ? Buffer.concat(chunksOf(body)) : body).toString();
}

function chunksOf(body: Buffer): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return chunks;
    chunks.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
