/** Telling those who wait for the budget in vain. Knows neither how it is counted nor in which order they stand. */

import type { GatewayError } from '../errors.ts';
import { ownRefusal } from './failure.ts';

/**
 * Told, at every look that finds no place yet, that the call will not be answered sooner than at this moment, on the
 * clock of the deadlines; and what to tell one of several sharers who has less time than that. The call itself goes on
 * waiting as long as its own deadline allows. Must not throw.
 */
export type DelayObserver = (answeredNoSoonerThan: number, refusal: () => GatewayError) => void;

/** One who waits. */
export type Waiting = {
  /** In milliseconds of the clock that never goes back. May change while one waits: it is asked at every look. */
  readonly deadlineAt: () => number;
  /** For a place that several share. */
  readonly onDelay?: DelayObserver | undefined;
  readonly refuse: (error: unknown) => void;
};

/** A place that comes later than this before the deadline is of no use: no call is answered within it. */
const shortestCallMs = 100;

/** How long until a place is of no more use to the first of them: that is to be told then, not when all is over. */
export function firstEndMs(waiters: readonly Waiting[], moment: number): number {
  const ends = waiters.map(({ deadlineAt }) => deadlineAt() - shortestCallMs - moment);
  return ends.reduce((first, end) => Math.min(first, end + 1), Number.POSITIVE_INFINITY);
}

/** Tells those for whom a place would come too late by now, before another is asked for: that may take a while. */
export function refuseLate(waiters: readonly Waiting[], moment: number): void {
  for (const { deadlineAt, refuse } of waiters) if (moment + shortestCallMs > deadlineAt()) refuse(spent(0));
}

/** Tells all whom no place reaches in time. `waits` are those of the next places, of which each has the first left. */
export function refuseInVain(waiters: readonly Waiting[], waits: readonly number[], moment: number): void {
  let place = 0;
  for (const waiter of waiters) {
    const waitMs = waits[place] ?? waits.at(-1) ?? 0;
    const answeredAt = moment + waitMs + shortestCallMs;
    if (answeredAt > waiter.deadlineAt()) {
      waiter.refuse(spent(waitMs));
      continue;
    }
    place += 1;
    if (waitMs > 0) waiter.onDelay?.(answeredAt, () => spent(waitMs));
  }
}

/** @throws {GatewayError} RATE_LIMITED, if a place is free only after so long, and of no use to who has so much time. */
export function refuseIfVain(waitMs: number, leftMs: number): void {
  if (waitMs > 0 && waitMs + shortestCallMs > leftMs) throw spent(waitMs);
}

function spent(waitMs: number) {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1000));
  return ownRefusal('RATE_LIMITED', `The budget of upstream calls is spent for ${retryAfter} s.`, retryAfter);
}
