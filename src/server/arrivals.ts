/**
 * What arrives at a server, so that its socket can be closed without losing any of it. Knows nothing of answers.
 *
 * Background. The kernel accepts connections on its own and keeps them in a queue; Node takes them from there, one
 * in each turn of its loop. A client whose connection waits there has connected, and may have sent its
 * request. Closing the socket resets it.
 *
 * Need. A moment at which the queue is empty. Under load there may never be one: every answer sets a client free to
 * come back at once, and as many come as leave.
 *
 * Trick. Requests that arrive are held for that moment. Nobody is answered, so nobody comes back, and the queue
 * runs empty within as many turns as it had connections. Requests that had begun before are still answered, and their
 * clients come back a moment later. So the moment is a turn that brings no connection, was too short for one to come unseen,
 * and comes some milliseconds after the last connection and the last answer: the socket is closed in the same breath, and
 * what was held goes on.
 *
 * Cost. These requests wait some milliseconds, once in a process's life. Clients that connect faster than Node
 * can take them, for as long as `withinMs`, are not helped: then the queue has no end.
 */

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { isShortTurn } from './turns.ts';

/** The arrivals of one server. */
export type Arrivals = {
  /** From now on holds requests; resolves when no connection waits to be taken, at the latest after `withinMs`. */
  readonly holdUntilEmpty: (withinMs: number) => Promise<void>;
  /** Lets go of what was held, and of what comes. */
  readonly release: () => void;
};

/** How long a client takes to come back when it has been answered, in milliseconds: some ten times what it takes here. */
const comeBackMs = 5;

/** Passes a server's requests on to a listener, unless they are held. */
export function watchArrivals(server: Server, listener: RequestListener): Arrivals {
  let connections = 0;
  let lastActiveAt = Number.NEGATIVE_INFINITY;
  let held: (() => void)[] | undefined;
  server.on('connection', () => {
    connections += 1;
    lastActiveAt = performance.now();
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.once('close', () => {
      lastActiveAt = performance.now();
    });
    if (held === undefined) listener(request, response);
    else held.push(() => listener(request, response));
  });

  async function isQuietTurn(): Promise<boolean> {
    const before = connections;
    const isShort = await isShortTurn();
    return isShort && connections === before && performance.now() - lastActiveAt >= comeBackMs;
  }

  return {
    async holdUntilEmpty(withinMs) {
      held ??= [];
      const until = performance.now() + withinMs;
      while (!(await isQuietTurn()) && performance.now() < until);
    },
    release() {
      const waiting = held ?? [];
      held = undefined;
      for (const goOn of waiting) goOn();
    },
  };
}
