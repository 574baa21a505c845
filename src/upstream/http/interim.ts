/**
 * Interim responses (1xx): a client must be able to parse and ignore them, asked for or not (RFC 9110, section 15.2).
 * Takes them out of a connection's bytes. Knows neither calls nor final responses.
 *
 * undici, in 7.30, ends the connection on `100 Continue`, and takes any 1xx for the proxy's answer to a CONNECT. Its
 * parser has no option for it, so the bytes are looked at before the parser sees them. There is no pipelining, so the
 * first bytes that come after a write begin a response; all others pass untouched.
 */

import { Socket } from 'node:net';
import { buildConnector } from 'undici';

/** What every interim response begins with. `101 Switching Protocols` is final for its connection: the parser's matter. */
const interimStart = 'HTTP/1.1 1';
const switching = 'HTTP/1.1 101';
const statusEnd = switching.length;

/** As many bytes of headers as undici takes in one response. Larger interim ones are left to it, which refuses them. */
const maxHeldBytes = 16_384;

const nothing: Buffer = Buffer.alloc(0);

/** undici's own way to connect, with connections on which nobody sees an interim response. */
export function createConnector(): buildConnector.connector {
  const connect = buildConnector({});
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      if (socket instanceof Socket) skipInterim(socket);
      callback(...outcome);
    });
}

/** undici reads a socket by `read` alone, and writes a request by `write`. */
function skipInterim(socket: Socket): void {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket);
  let isAtStart = false;
  let held = nothing;
  socket.write = ((...chunk: Parameters<typeof write>) => {
    isAtStart = true;
    return write(...chunk);
  }) as Socket['write'];
  socket.read = (size) => {
    for (;;) {
      const chunk: Buffer | null = read(size);
      if (chunk === null || !isAtStart) return chunk;
      const { bytes, mayBeInterim } = withoutInterim(
        held.length === 0 ? chunk : Buffer.concat([held, chunk]),
      );
      isAtStart = mayBeInterim;
      held = mayBeInterim ? bytes : nothing;
      if (!mayBeInterim) return bytes;
    }
  };
}

/** Bytes without the interim responses that they begin with. */
type Rest = {
  readonly bytes: Buffer;
  /** Whether they may be the first part of another: more must come before anybody can say. */
  readonly mayBeInterim: boolean;
};

/** Takes whole interim responses off the front of a connection's bytes. */
export function withoutInterim(bytes: Buffer): Rest {
  let rest = bytes;
  for (;;) {
    const start = rest.toString('latin1', 0, statusEnd);
    if (start === switching || !isInterimSoFar(start)) return { bytes: rest, mayBeInterim: false };
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return { bytes: rest, mayBeInterim: rest.length < maxHeldBytes };
    rest = rest.subarray(end + 4);
  }
}

function isInterimSoFar(start: string): boolean {
  const length = Math.min(start.length, interimStart.length);
  return start.slice(0, length) === interimStart.slice(0, length);
}
