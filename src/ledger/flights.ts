/**
 * Calls under way, so that whoever needs the same page at the same time waits for the same call. Knows nothing of
 * what pages are for; who may share with whom is in the name of the list.
 */
import { setMaxListeners } from 'node:events';
import type { PageAnswer } from '../upstream/page-request.ts';
import { type Block, blockKey } from './block.ts';

/** Makes the call. The signal fires when nobody waits for it any more. */
export type StartCall = (signal: AbortSignal) => Promise<PageAnswer>;

/** All calls under way in a process. */
export type Flights = {
  /** The blocks of a list that are being called for right now. */
  readonly blocksOf: (list: string) => readonly Block[];
  /**
   * Waits for the call of a block, and makes it if nobody has. Rejects with the signal's reason as soon as that
   * fires; the call goes on while others wait for it, and is cancelled when the last one has left.
   */
  readonly join: (list: string, block: Block, start: StartCall, signal: AbortSignal) => Promise<PageAnswer>;
};

type Flight = {
  readonly block: Block;
  readonly answer: Promise<PageAnswer>;
  readonly controller: AbortController;
  sharers: number;
};

/** A registry without any call under way. It holds nothing longer than the calls take. */
export function createFlights(): Flights {
  const lists = new Map<string, Map<string, Flight>>();

  function takeOff(list: string, block: Block, start: StartCall): Flight {
    const controller = new AbortController();
    const flights = lists.get(list) ?? new Map<string, Flight>();
    lists.set(list, flights);
    const answer = start(controller.signal);
    const flight: Flight = { block, answer, controller, sharers: 0 };
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

  return {
    blocksOf: (list) => [...(lists.get(list)?.values() ?? [])].map(({ block }) => block),
    join(list, block, start, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      // All calls of an operation wait with one signal, and Node takes its eleventh listener for a leak.
      setMaxListeners(0, signal);
      const flight = lists.get(list)?.get(blockKey(block)) ?? takeOff(list, block, start);
      flight.sharers += 1;
      return new Promise((resolve, reject) => {
        const onAbort = () => {
          leave(list, flight);
          reject(signal.reason);
        };
        signal.addEventListener('abort', onAbort, { once: true });
        flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
      });
    },
  };
}
