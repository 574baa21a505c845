/**
 * Connections that do not come about: says so, and gives one up with the call that wanted it. Knows neither where
 * they lead nor how they are made.
 *
 * undici, in 7.30, pays no heed to a call's signal while it connects: the call ends with the connection attempt, ten
 * seconds later, and has its slot until then. A network that hangs for a moment would so keep everybody waiting who
 * comes after. It begins to connect before it returns from the dispatch of the call, though, and so the signal of the
 * call being dispatched is the one to heed.
 */

import { Socket } from 'node:net';
import type { buildConnector } from 'undici';

/**
 * Why there was no connection to send a call over: name not found, refused, no TLS, no tunnel, given up. undici gives the
 * connector's own error to the request that wanted the connection, and goes by its code.
 */
export class ConnectFailure extends Error {
  readonly code: unknown;

  constructor(cause: Error) {
    super('No connection came about.', { cause });
    this.code = 'code' in cause ? cause.code : undefined;
  }
}

let dispatching: AbortSignal | undefined;

/** Dispatches a call: whatever connection is begun for it is given up when the signal fires. */
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
    // undici's own connector returns its socket, which its type does not tell.
    const socket: unknown = connect(options, end);
  };
}
