/**
 * Calls under way, so that whoever needs the same page at the same time waits for the same call. Knows nothing of
 * what pages are for; who may share with whom is in the name of the list.
 */
import { setMaxListeners } from 'node:events';
import type { DelayObserver } from '../upstream/budget-refusals.ts';
import type { PageAnswer } from '../upstream/page-request.ts';
import { latestOf, refuserOf, type Seat } from '../upstream/seats.ts';
import { type Block, blockKey } from './block.ts';

/** One who waits for a call. */
export type Sharer = {
  /** Fires when this one waits no longer. */
  readonly signal: AbortSignal;
  /** Until when the answer is of use to it, in milliseconds of the clock that never goes back; may change. */
  readonly deadlineAt: () => number;
};

/**
 * Makes the call. The signal fires when nobody waits for it any more. `deadlineAt` is the latest over those who wait at
 * the moment that it is asked: who joins can put it off, and who leaves takes its own along. `onDelay` is to be told when
 * the call must wait: all who have not that much time are refused and leave. All else about the call, such as whose turn
 * it takes among those who wait for the budget, is as for the one who made it.
 */
export type StartCall = (
  signal: AbortSignal,
  deadlineAt: () => number,
  onDelay: DelayObserver,
) => Promise<PageAnswer>;

/** All calls under way in a process. */
export type Flights = {
  /** The blocks of a list that are being called for right now. */
  readonly blocksOf: (list: string) => readonly Block[];
  /**
   * Waits for the call of a block, and makes it if nobody has. Rejects with the reason of the sharer's signal as soon
   * as that fires, and with the refusal as soon as it is known that the call is delayed beyond the sharer's deadline;
   * the call goes on while others wait for it, and is cancelled when the last one has left.
   */
  readonly join: (list: string, block: Block, start: StartCall, sharer: Sharer) => Promise<PageAnswer>;
};

type Flight = {
  readonly block: Block;
  readonly answer: Promise<PageAnswer>;
  readonly controller: AbortController;
  readonly seats: Set<Seat>;
};

/** A registry without any call under way. It holds nothing longer than the calls take. */
export function createFlights(): Flights {
  const lists = new Map<string, Map<string, Flight>>();

  function takeOff(list: string, block: Block, start: StartCall, first: Seat): Flight {
    const controller = new AbortController();
    const seats = new Set([first]);
    const flights = lists.get(list) ?? new Map<string, Flight>();
    lists.set(list, flights);
    const answer = start(controller.signal, () => latestOf(seats), refuserOf(seats));
    const flight: Flight = { block, answer, controller, seats };
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

  function leave(list: string, flight: Flight, seat: Seat): void {
    flight.seats.delete(seat);
    if (flight.seats.size > 0) return;
    land(list, flight);
    flight.controller.abort(new Error('Nobody waits for this call any more'));
  }

  return {
    blocksOf: (list) => [...(lists.get(list)?.values() ?? [])].map(({ block }) => block),
    join(list, block, start, { signal, deadlineAt }) {
      if (signal.aborted) return Promise.reject(signal.reason);
      // All calls of an operation wait with one signal, and Node takes its eleventh listener for a leak.
      setMaxListeners(0, signal);
      return new Promise((resolve, reject) => {
        const refuse = (reason: unknown) => {
          leave(list, flight, seat);
          signal.removeEventListener('abort', abandon);
          reject(reason);
        };
        const abandon = () => refuse(signal.reason);
        const seat = { deadlineAt, refuse };
        const flight = lists.get(list)?.get(blockKey(block)) ?? takeOff(list, block, start, seat);
        flight.seats.add(seat);
        signal.addEventListener('abort', abandon, { once: true });
        flight.answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abandon));
      });
    },
  };
}
