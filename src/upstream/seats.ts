/** Those who wait for one and the same thing, each for as long as it can. Knows nothing of what they wait for. */

import type { DelayObserver } from './budget-refusals.ts';

/** One who waits. */
export type Seat = {
  /** In milliseconds of the clock that never goes back. May change while one waits: it is asked at every look. */
  readonly deadlineAt: () => number;
  /** Ends the wait. */
  readonly refuse: (reason: unknown) => void;
};

/** Until when any of them can wait; the beginning of time when there is nobody. */
export function latestOf(seats: Iterable<Seat>): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { deadlineAt } of seats) latest = Math.max(latest, deadlineAt());
  return latest;
}

/** Refuses, of those who wait at that moment, all who have less time than a delay takes. */
export function refuserOf(seats: Iterable<Seat>): DelayObserver {
  return (answeredNoSoonerThan, refusal) => {
    for (const { deadlineAt, refuse } of seats) if (deadlineAt() < answeredNoSoonerThan) refuse(refusal());
  };
}
