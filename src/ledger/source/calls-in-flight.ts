/**
 * Calls under way, so that whoever needs the same page at the same time waits for the same call. Knows nothing of
 * what pages are for; who may share with whom is in the name of the list.
 */
import { setMaxListeners } from 'node:events';
import { GatewayError } from '../../errors.ts';
import type { PageAnswer } from '../../upstream/page-request.ts';
import { type Block, blockKey } from '../list/block.ts';

/** One who waits for a call. */
export type Sharer = {
  /** Fires when this one waits no longer. */
  readonly signal: AbortSignal;
  /** Until when the answer is of use to it, in milliseconds of the monotonic clock. */
  readonly deadlineAt: () => number;
};

/**
 * Makes the call. The signal fires when nobody waits for it any more. All else about the call, such as its deadline and whose
 * turn it takes among those who wait for the budget, is as for the one who made it.
 */
export type StartCall = (signal: AbortSignal, deadlineAt: number) => Promise<PageAnswer>;

/** All calls under way in a process. */
export type Flights = {
  /** The blocks of a list that are being called for right now. */
  readonly blocksOf: (list: string) => readonly Block[];
  /**
   * Waits for the call of a block, and makes it if nobody has. Rejects with the reason of the sharer's signal as soon
   * as that fires; the call goes on while others wait for it, and is cancelled when the last one has left. Who has more
   * time than the one who made the call asks anew when that was refused for want of a permit in time.
   */
  readonly join: (list: string, block: Block, start: StartCall, sharer: Sharer) => Promise<PageAnswer>;
};

type Flight = {
  readonly block: Block;
  readonly answer: Promise<PageAnswer>;
  readonly controller: AbortController;
  readonly deadlineAt: number;
  sharers: number;
};

/** A registry without any call under way. It holds nothing longer than the calls take. */
export function createFlights(): Flights {
  const lists = new Map<string, Map<string, Flight>>();

  function takeOff(list: string, block: Block, start: StartCall, deadlineAt: number): Flight {
    const controller = new AbortController();
    const flights = lists.get(list) ?? new Map<string, Flight>();
    lists.set(list, flights);
    const answer = start(controller.signal, deadlineAt);
    const flight: Flight = { block, answer, controller, deadlineAt, sharers: 0 };
    flights.set(blockKey(block), flight);
    // Both outcomes are the sharers' business; here it only matters that the call is over.
    answer.then(
      () => land(list, flight),
      () => land(list, flight),
    );
    return flight;
  }

  function land(list: string, flight: Flight): void {
    const flights = lists.get(list);
    // Its place may be taken already: a call that nobody waits for leaves at once, before it has ended.
    if (flights?.get(blockKey(flight.block)) !== flight) return;
    flights.delete(blockKey(flight.block));
    if (flights.size === 0) lists.delete(list);
  }

  function leave(list: string, flight: Flight): void {
    flight.sharers -= 1;
    if (flight.sharers > 0) return;
    land(list, flight);
    flight.controller.abort(new Error('Nobody waits for this call any more'));
  }

  async function join(list: string, block: Block, start: StartCall, sharer: Sharer): Promise<PageAnswer> {
    sharer.signal.throwIfAborted();
    const deadlineAt = sharer.deadlineAt();
    const flight = lists.get(list)?.get(blockKey(block)) ?? takeOff(list, block, start, deadlineAt);
    try {
      return await answerFor(sharer.signal, flight, () => leave(list, flight));
    } catch (error) {
      if (!(flight.deadlineAt < deadlineAt && isLimited(error))) throw error;
      land(list, flight);
      return join(list, block, start, sharer);
    }
  }

  return {
    blocksOf: (list) => [...(lists.get(list)?.values() ?? [])].map(({ block }) => block),
    join,
  };
}

/** Waits for a call until the signal fires; then `leave` is called. */
function answerFor(signal: AbortSignal, flight: Flight, leave: () => void): Promise<PageAnswer> {
  // All calls of an operation wait with one signal, and Node takes its eleventh listener for a leak.
  setMaxListeners(0, signal);
  flight.sharers += 1;
  return new Promise((resolve, reject) => {
    const abandon = () => {
      leave();
      reject(signal.reason);
    };
    signal.addEventListener('abort', abandon, { once: true });
    flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
  });
}

function isLimited(error: unknown): boolean {
  return error instanceof GatewayError && error.code === 'RATE_LIMITED';
}
