/**
 * Two things that undici 7.30 does not do: it goes on connecting when the call is cancelled, and it fails on interim
 * responses (1xx). Knows neither where connections lead nor what goes over them.
 */

import { Socket } from 'node:net';
import { buildConnector, type Dispatcher } from 'undici';

/**
 * The error when no connection was made: name not found, refused, no TLS, no tunnel, cancelled. It tells a call that
 * was never sent from one that failed later. Its code is that of the cause, because undici reads it.
 */
export class ConnectFailure extends Error {
  readonly code: unknown;

  constructor(cause: Error) {
    super('No connection came about.', { cause });
    this.code = 'code' in cause ? cause.code : undefined;
  }
}

/** The connection attempt of a call. `giveUp` ends it, and is undefined while there is none. */
export type Connecting = { giveUp: (() => void) | undefined };

/**
 * The call that is being dispatched. undici cannot cancel a call while it connects. A cancelled call would keep its slot
 * until the connection attempt ends, ten seconds later, so a network that hangs for a moment would block all later calls.
 * undici starts to connect before the dispatch returns, so an attempt can take its call from here.
 */
let dispatching: Connecting | undefined;

/** Dispatches a call. A connection attempt that this starts can be given up by the call's handler. */
export function dispatchAs(
  undici: Dispatcher,
  options: Parameters<Dispatcher['dispatch']>[0],
  handler: Dispatcher.DispatchHandler & Connecting,
): void {
  dispatching = handler;
  try {
    undici.dispatch(options, handler);
  } finally {
    dispatching = undefined;
  }
}

/** Wraps a connector: an attempt can be given up with its call. Every error becomes a `ConnectFailure`. */
export function connectingWithCall(connect: buildConnector.connector): buildConnector.connector {
  return (options, callback) => {
    const call: Connecting = dispatching ?? { giveUp: undefined };
    let isOver = false;
    const end: buildConnector.Callback = (...outcome) => {
      const [error, socket] = outcome;
      if (isOver) {
        socket?.destroy();
        return;
      }
      isOver = true;
      call.giveUp = undefined;
      if (error === null) callback(...outcome);
      else callback(new ConnectFailure(error), null);
    };
    call.giveUp = () => {
      const error = new Error('The call that started this connection was cancelled.');
      end(error, null);
      if (socket instanceof Socket) socket.destroy(error);
    };
    // undici's connector returns its socket, though its type does not say so.
    const socket: unknown = connect(options, end);
  };
}

/**
 * undici's own connector, on sockets that drop interim responses (1xx). A client must ignore them, even if it did not
 * ask for them (RFC 9110, section 15.2). But undici closes the connection on `100 Continue`, and mistakes any 1xx for
 * the proxy's answer to a CONNECT. It has no option for this, so interim responses are removed before its parser sees
 * them. There is no pipelining, so the first bytes after a write are the start of a response; all others pass
 * untouched.
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

/** Replaces `read` and `write`, the only methods by which undici reads and writes a socket. */
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

/** The start of every interim response. The parser gets `101 Switching Protocols`, which is no interim response. */
const interimStart = 'HTTP/1.1 1';
const switching = 'HTTP/1.1 101';

/**
 * The bytes of headers that undici accepts in one response. A larger interim response goes to its parser, which refuses
 * it.
 */
const maxHeldBytes = 16_384;

/** The bytes that follow. `mayBeInterim`: they may start another interim response, which only more bytes can tell. */
type Rest = { readonly bytes: Buffer; readonly mayBeInterim: boolean };

/** Removes complete interim responses from the start of a connection's bytes. */
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
