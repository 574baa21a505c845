/**
 * Bounds how many requests of one connection are served at once, and how many begin in one turn of the event loop. So a
 * client that sends thousands in a row (pipelining, RFC 9112, section 9.3.2) does not starve others.
 */

import type { RequestListener } from 'node:http';
import type { Connection, ConnectionListener } from './connections.ts';

/** The most requests of one connection that begin in one turn. Each may be answered in that turn, without any I/O. */
const maxBeginsPerTurn = 4;

/** The most connections whose held requests begin in one turn, in rotation. That is some 15 ms of cheap operations. */
const maxConnectionsPerTurn = 4;

/**
 * Wraps a listener: at most `maxInFlight` requests of a connection are served at once, and at most four of them begin in one
 * turn. Further requests are held, and the server reads nothing more from their connection until they have begun. So at most
 * one read of 64 KiB waits. The first requests of a read begin at once, so a client that does not pipeline never waits.
 */
export function limitPipelining(listener: RequestListener, maxInFlight: number): ConnectionListener {
  /** Connections with a held request that may begin in the next turn. */
  const waiting = new Set<Connection>();
  let turn = 1;
  let isTurnDue = false;

  const mayBegin = (connection: Connection) =>
    connection.inFlight < maxInFlight && (connection.turn !== turn || connection.begun < maxBeginsPerTurn);
  const watchTurn = () => {
    if (isTurnDue) return;
    isTurnDue = true;
    setImmediate(nextTurn);
  };
  const waitForTurn = (connection: Connection) => {
    if (connection.held.length === 0 || connection.inFlight >= maxInFlight) return;
    waiting.add(connection);
    watchTurn();
  };
  const begin: ConnectionListener = (connection, request, response) => {
    connection.begun = connection.turn === turn ? connection.begun + 1 : 1;
    connection.turn = turn;
    connection.inFlight += 1;
    watchTurn();
    listener(request, response);
  };
  const beginHeld = (connection: Connection) => {
    const { socket, held } = connection;
    if (socket.destroyed) held.length = 0;
    while (mayBegin(connection) && held.length > 0) held.shift()?.();
    if (held.length === 0) socket.resume();
    waitForTurn(connection);
  };
  const nextTurn = () => {
    isTurnDue = false;
    turn += 1;
    for (const connection of [...waiting].slice(0, maxConnectionsPerTurn)) {
      waiting.delete(connection);
      beginHeld(connection);
    }
    if (waiting.size > 0) watchTurn();
  };

  return (connection, request, response) => {
    const { socket, held } = connection;
    if (held.length === 0 && mayBegin(connection)) return begin(connection, request, response);
    held.push(() => begin(connection, request, response));
    if (connection.wake === undefined) {
      connection.wake = () => waitForTurn(connection);
      // Node resumes a connection after each answer. A pause is safe: only the last held request can lack a part of its body.
      socket.on('resume', () => held.length > 0 && socket.pause());
    }
    socket.pause();
    waitForTurn(connection);
  };
}
