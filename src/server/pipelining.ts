/**
 * Bounds how many requests of one connection are served at once, and how many begin in one turn of the event loop. So a
 * client that sends thousands in a row (pipelining, RFC 9112, section 9.3.2) does not starve others.
 */

import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** The requests of one connection. */
type Pipeline = {
  readonly socket: Socket;
  inFlight: number;
  /** How many requests have begun in the turn of number `turn`. */
  begun: number;
  turn: number;
  /** Begin the requests that are held, in order. */
  readonly held: (() => void)[];
};

/** The most requests of one connection that begin in one turn. Each may be answered in that turn, without any I/O. */
const maxBeginsPerTurn = 4;

/** The most connections whose held requests begin in one turn, in rotation. That is some 15 ms of cheap operations. */
const maxConnectionsPerTurn = 4;

/**
 * Wraps a listener: at most `maxInFlight` requests of a connection are served at once, and at most four of them begin in one
 * turn. Further requests are held, and the server reads nothing more from their connection until they have begun. So at most
 * one read of 64 KiB waits. The first requests of a read begin at once, so a client that does not pipeline never waits.
 */
export function limitPipelining(listener: RequestListener, maxInFlight: number): RequestListener {
  const pipelines = new WeakMap<Socket, Pipeline>();
  /** Pipelines with a held request that may begin in the next turn. */
  const waiting = new Set<Pipeline>();
  let turn = 1;
  let isTurnDue = false;

  const mayBegin = (pipeline: Pipeline) =>
    pipeline.inFlight < maxInFlight && (pipeline.turn !== turn || pipeline.begun < maxBeginsPerTurn);
  const watchTurn = () => {
    if (isTurnDue) return;
    isTurnDue = true;
    setImmediate(nextTurn);
  };
  const waitForTurn = (pipeline: Pipeline) => {
    if (pipeline.held.length === 0 || pipeline.inFlight >= maxInFlight) return;
    waiting.add(pipeline);
    watchTurn();
  };
  const beginHeld = (pipeline: Pipeline) => {
    const { socket, held } = pipeline;
    if (socket.destroyed) held.length = 0;
    while (mayBegin(pipeline) && held.length > 0) held.shift()?.();
    if (held.length === 0) socket.resume();
    waitForTurn(pipeline);
  };
  const nextTurn = () => {
    isTurnDue = false;
    turn += 1;
    for (const pipeline of [...waiting].slice(0, maxConnectionsPerTurn)) {
      waiting.delete(pipeline);
      beginHeld(pipeline);
    }
    if (waiting.size > 0) watchTurn();
  };

  return (request, response) => {
    const { socket } = request;
    const pipeline = pipelines.get(socket) ?? createPipeline(socket);
    pipelines.set(socket, pipeline);
    const begin = () => {
      pipeline.begun = pipeline.turn === turn ? pipeline.begun + 1 : 1;
      pipeline.turn = turn;
      pipeline.inFlight += 1;
      watchTurn();
      response.once('close', () => {
        pipeline.inFlight -= 1;
        waitForTurn(pipeline);
      });
      listener(request, response);
    };
    if (pipeline.held.length === 0 && mayBegin(pipeline)) return begin();
    pipeline.held.push(begin);
    socket.pause();
    waitForTurn(pipeline);
  };
}

function createPipeline(socket: Socket): Pipeline {
  const pipeline: Pipeline = { socket, inFlight: 0, begun: 0, turn: 0, held: [] };
  // Node resumes a connection after each answer. A pause is safe: only the last held request can lack a part of its body.
  socket.on('resume', () => pipeline.held.length > 0 && socket.pause());
  return pipeline;
}
