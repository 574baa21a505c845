/**
 * What undici, in 7.30, does not do for a connection: ends an attempt with the call that wants it, and ignores interim
 * responses. Knows neither where connections lead nor what goes over them.
 */

import { Socket } from 'node:net';
import { buildConnector } from 'undici';

/**
 * Why there was no connection to send a call over: name not found, refused, no TLS, no tunnel, given up. undici passes the
 * connector's own error to the request that wanted the connection, and judges it by its code.
 */
export class ConnectFailure extends Error {
  readonly code: unknown;

  constructor(cause: Error) {
    super('No connection came about.', { cause });
    this.code = 'code' in cause ? cause.code : undefined;
  }
}

/**
 * The signal of the call that is being dispatched. undici ignores a call's signal while it connects: the call ends with
 * the connection attempt, ten seconds later, and has its slot until then. A network that hangs for a moment would so block
 * all later calls. But undici begins to connect before the dispatch of the call returns, so the attempt belongs to this
 * signal.
 */
let dispatching: AbortSignal | undefined;

/** Dispatches a call: a connection attempt that begins for it ends when the signal fires. */
export function dispatchUnder<T>(signal: AbortSignal, dispatch: () => T): T {
  dispatching = signal;
  try {
    return dispatch();
  } finally {
    dispatching = undefined;
  }
}

/** The same way to connect, for as long as the call that wants the connection. Fails with a `ConnectFailure`. */
export function connectingWithCall(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const signal = dispatching;
    let isOver = false;
    const end: buildConnector.Callback = (...outcome) => {
      const [error, socket] = outcome;
      if (isOver) {
        socket?.destroy();
        return;
      }
      isOver = true;
      signal?.removeEventListener('abort', giveUp);
      if (error === null) callback(...outcome);
      else callback(new ConnectFailure(error), null);
    };
    const giveUp = () => {
      const error = new Error('Nobody waits for this connection any more.');
      end(error, null);
      if (socket instanceof Socket) socket.destroy(error);
    };
    signal?.addEventListener('abort', giveUp, { once: true });
    // undici's own connector returns its socket, which its type does not say.
    const socket: unknown = connect(options, end);
  };
}

/**
 * Undici's own way to connect, without interim responses (1xx): a client must be able to parse and ignore them, asked for or
 * not (RFC 9110, section 15.2). undici ends the connection on `100 Continue`, and takes any 1xx for the proxy's answer to a
 * CONNECT. Its parser has no option for it, so they are removed before the parser sees them. There is no pipelining, so the
 * first bytes that come after a write begin a response; all others pass untouched.
 */
export function createConnector(): buildConnector.connector {
  const connect = buildConnector({});
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      if (socket instanceof Socket) skipInterim(socket);
      callback(...outcome);
    });
}

const nothing: Buffer = Buffer.alloc(0);

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

/** Every interim response begins so. `101 Switching Protocols` is final for its connection: it is left to the parser. */
const interimStart = 'HTTP/1.1 1';
const switching = 'HTTP/1.1 101';

/** As many bytes of headers as undici takes in one response. Larger interim ones are left to it, which refuses them. */
const maxHeldBytes = 16_384;

/** Bytes without leading interim responses. `mayBeInterim`: they may begin another, and more bytes must decide. */
type Rest = { readonly bytes: Buffer; readonly mayBeInterim: boolean };

/** Takes whole interim responses off the front of a connection's bytes. */
export function withoutInterim(bytes: Buffer): Rest {
  let rest = bytes;
  for (;;) {
    const start = rest.toString('latin1', 0, switching.length);
    const isInterim = start.startsWith(interimStart.slice(0, start.length)) && start !== switching;
    if (!isInterim) return { bytes: rest, mayBeInterim: false };
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return { bytes: rest, mayBeInterim: rest.length < maxHeldBytes };
    rest = rest.subarray(end + 4);
  }
}
