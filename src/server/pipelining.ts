/**
 * Bounds how many requests of one connection are under way at once, and how many begin in one turn of the loop, so that a
 * client that sends thousands in a row (pipelining, RFC 9112, section 9.3.2) leaves others their turn. Knows nothing of
 * what is served.
 */

import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

type Pipeline = {
  readonly socket: Socket;
  underWay: number;
  /** Requests that have begun in the turn with this number. */
  begun: number;
  turn: number;
  readonly held: (() => void)[];
};

/** Requests of one connection that begin in one turn. Each may be answered in that turn, without any I/O. */
const maxBeginsPerTurn = 4;

/** Connections whose held requests begin in one turn, in rotation: some 15 ms of cheap operations. */
const maxConnectionsPerTurn = 4;

/**
 * The listener, called for `maxUnderWay` requests of a connection at once, and for four of them in one turn of the loop.
 * Those beyond wait, and nothing more is read from their connection until they have begun: what can wait is what one read
 * has brought, 64 KiB. The first requests that a read brings begin at once, so that a client that does not pipeline waits
 * for nobody.
 */
export const limitPipelining = (listener: RequestListener, maxUnderWay: number): RequestListener => {
  const pipelines = new WeakMap<Socket, Pipeline>();
  /** Pipelines with a held request that may begin in the next turn. */
  const waiting = new Set<Pipeline>();
  let turn = 1;
  let isTurnDue = false;

  const mayBegin = (pipeline: Pipeline) =>
    pipeline.underWay < maxUnderWay && (pipeline.turn !== turn || pipeline.begun < maxBeginsPerTurn);
  const watchTurn = () => {
    if (isTurnDue) return;
    isTurnDue = true;
    setImmediate(nextTurn);
  };
  const waitForTurn = (pipeline: Pipeline) => {
    if (pipeline.held.length === 0 || pipeline.underWay >= maxUnderWay) return;
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
      pipeline.underWay += 1;
      watchTurn();
      response.once('close', () => {
        pipeline.underWay -= 1;
        waitForTurn(pipeline);
      });
      listener(request, response);
    };
    if (pipeline.held.length === 0 && mayBegin(pipeline)) return begin();
    pipeline.held.push(begin);
    socket.pause();
    waitForTurn(pipeline);
  };
};

function createPipeline(socket: Socket): Pipeline {
  const pipeline: Pipeline = { socket, underWay: 0, begun: 0, turn: 0, held: [] };
  // Node resumes a connection on its own after each answer. Only the last held request can lack a part of its body.
  socket.on('resume', () => pipeline.held.length > 0 && socket.pause());
  return pipeline;
}
