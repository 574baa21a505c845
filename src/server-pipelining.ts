/**
 * Bounds how many requests of one connection are under way at once, so that a client that sends thousands in a row
 * (pipelining, RFC 9112, section 9.3.2) leaves others their turn. Knows nothing of what is served.
 */

import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

type Pipeline = { underWay: number; readonly held: (() => void)[]; isDue: boolean };

/**
 * The listener, called for `maxUnderWay` requests of a connection at once. Those beyond wait, and nothing more is read
 * from their connection until they have begun: what can wait is what one read has brought, 64 KiB. They begin in the
 * loop's next turn, because answers that need no I/O would otherwise follow each other without anybody else between.
 */
export const limitPipelining = (listener: RequestListener, maxUnderWay: number): RequestListener => {
  const pipelines = new WeakMap<Socket, Pipeline>();

  const pipelineOf = (socket: Socket): Pipeline => {
    const known = pipelines.get(socket);
    if (known !== undefined) return known;
    const pipeline: Pipeline = { underWay: 0, held: [], isDue: false };
    pipelines.set(socket, pipeline);
    // Node resumes a connection on its own after each answer. Only the last held request can lack a part of its body.
    socket.on('resume', () => pipeline.held.length > 0 && socket.pause());
    return pipeline;
  };
  const beginHeld = (socket: Socket, pipeline: Pipeline) => {
    pipeline.isDue = false;
    if (socket.destroyed) pipeline.held.length = 0;
    while (pipeline.underWay < maxUnderWay && pipeline.held.length > 0) pipeline.held.shift()?.();
    if (pipeline.held.length === 0) socket.resume();
  };
  const onEnd = (socket: Socket, pipeline: Pipeline) => {
    pipeline.underWay -= 1;
    if (pipeline.held.length === 0 || pipeline.isDue) return;
    pipeline.isDue = true;
    setImmediate(() => beginHeld(socket, pipeline));
  };

  return (request, response) => {
    const { socket } = request;
    const pipeline = pipelineOf(socket);
    const begin = () => {
      pipeline.underWay += 1;
      response.once('close', () => onEnd(socket, pipeline));
      listener(request, response);
    };
    if (pipeline.underWay < maxUnderWay && pipeline.held.length === 0) return begin();
    pipeline.held.push(begin);
    socket.pause();
  };
};
