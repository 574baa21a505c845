/** One fetch at a time, for whoever wants its outcome. Knows nothing of what is fetched. */

import type { DelayObserver } from './budget-refusals.ts';
import type { StartCallSpan } from './call-trace.ts';
import { latestOf, refuserOf, type Seat } from './seats.ts';

/** Until when something is of use, in milliseconds of the clock that never goes back. May change; asked at every look. */
export type DeadlineAt = Seat['deadlineAt'];

/**
 * Makes the fetch, which must be on its way by `deadlineAt`: the latest of all who wait at the moment that it is asked.
 * `onDelay` is to be told when it must wait. It belongs to the trace of whoever was first.
 */
export type Fetch<T> = (
  deadlineAt: DeadlineAt,
  onDelay: DelayObserver,
  startSpan?: StartCallSpan,
) => Promise<T>;

/** A fetch that can be joined. */
export type SharedFetch<T> = {
  /**
   * Waits for the fetch that is under way, or begins one. Rejects with its error; or, as soon as it is known to be delayed
   * beyond the deadline, with the refusal. Whoever has lost interest just stops waiting.
   */
  readonly join: (deadlineAt: DeadlineAt, startSpan?: StartCallSpan) => Promise<T>;
  readonly isUnderWay: () => boolean;
};

/** Nothing is under way. */
export function createSharedFetch<T>(fetch: Fetch<T>): SharedFetch<T> {
  let underWay: { readonly outcome: Promise<T>; readonly seats: Set<Seat> } | undefined;

  function begin(first: Seat, startSpan: StartCallSpan | undefined) {
    const seats = new Set([first]);
    const outcome = fetch(() => latestOf(seats), refuserOf(seats), startSpan).finally(() => {
      underWay = undefined;
    });
    underWay = { outcome, seats };
    return underWay;
  }

  return {
    join: (deadlineAt, startSpan) =>
      new Promise((resolve, reject) => {
        const refuse = (reason: unknown) => {
          seats.delete(seat);
          reject(reason);
        };
        const seat = { deadlineAt, refuse };
        const { outcome, seats } = underWay ?? begin(seat, startSpan);
        seats.add(seat);
        outcome.then(resolve, reject);
      }),
    isUnderWay: () => underWay !== undefined,
  };
}
