/**
 * The price of a list: how many upstream calls its windows need if every page is full, computed before the first call. And
 * the limits on calls: for one HTTP request, and for each window of a list. Knows nothing of the outcome of calls.
 */
import { GatewayError } from '../../errors.ts';
import { type Block, endOf, furthestBlock, type Limits } from '../list/block.ts';
import { createListPages, type WindowState } from '../list/list-pages.ts';
import { planBlocks } from '../list/plan.ts';
import { type OpenWindow, openWindows, serves } from '../list/reach.ts';
import type { Window } from '../list/window.ts';
import { added, none } from '../small-list.ts';

/**
 * How many totals are tried to find the worst cover of a window at the list's end. Covers repeat with the least common
 * multiple of the limits, which is 2520 for limits up to 10. With larger limits a rare total can cost one call more
 * than the price.
 */
const mostTotalsTried = 2520;
/** Most positions tried for one price, so that even a window of thousands is priced within milliseconds. */
const mostPositionsTried = 500_000;

/** The price of all windows of one list together, at least 1. */
export function priceOf(windows: readonly Window[], limits: Limits): number {
  const open = openWindows(createListPages(windows, none));
  const covered = Math.max(1, planBlocks(open, limits).length);
  let lastSize = 0;
  for (const { direction, size, from } of windows)
    if (direction === 'backward' && from === undefined) lastSize = Math.max(lastSize, size);
  // For a window at the list's end the total must be known first. It comes with the calls of other windows, or else with
  // one call more.
  return lastSize === 0 ? covered : covered + worstCover(lastSize, limits);
}

const worstCovers = new Map<string, number>();

/**
 * The most blocks that the last `size` positions of a list can need, over all totals. Cached, because sizes and limits
 * are few.
 */
function worstCover(size: number, limits: Limits): number {
  const key = `${size}:${limits.length}:${limits[0]}`;
  const cached = worstCovers.get(key);
  if (cached !== undefined) return cached;
  const totalsTried = Math.min(mostTotalsTried, Math.ceil(mostPositionsTried / size));
  let worst = 0;
  for (let total = size; total < size + totalsTried; total += 1) {
    worst = Math.max(worst, coverLength(total - size, total, limits));
  }
  worstCovers.set(key, worst);
  return worst;
}

/** The fewest blocks that cover the positions from `start` to `end` (exclusive). */
function coverLength(start: number, end: number, limits: Limits): number {
  let count = 0;
  for (let position = start; position < end; count += 1) position = endOf(furthestBlock(position, limits));
  return count;
}

/** The calls that one HTTP request may make: `free` of `limit` are not reserved for a list yet. */
export type CallAllowance = { readonly limit: number; free: number };

/** The calls that one list may make: `own` are left of those that are reserved for it. Others come from the request's free calls. */
export type Reservation = { readonly allowance: CallAllowance; own: number };

/** Creates an allowance of `limit` calls. */
export const createCallAllowance = (limit: number): CallAllowance => ({ limit, free: limit });

/** @throws {GatewayError} OPERATION_TOO_EXPENSIVE if fewer than `calls` are free. */
export function checkPrice({ limit, free }: CallAllowance, calls: number): void {
  if (calls > free) throw tooExpensive(limit - free + calls, limit, true);
}

/** Reserves the price of one list, which it needs if its pages are full. If pages are short it needs free calls as well. */
export function reserveCalls(allowance: CallAllowance, price: number): Reservation {
  const own = Math.min(price, allowance.free);
  allowance.free -= own;
  return { allowance, own };
}

/** Takes up to `wanted` calls: first reserved ones, then free ones of the request. @returns how many it took. */
export function takeCalls(reservation: Reservation, wanted: number): number {
  const { allowance, own } = reservation;
  const fromOwn = Math.min(own, wanted);
  const fromFree = Math.min(allowance.free, wanted - fromOwn);
  reservation.own -= fromOwn;
  allowance.free -= fromFree;
  return fromOwn + fromFree;
}

/** Gives back the reserved calls that are left. */
export function releaseCalls(reservation: Reservation): void {
  reservation.allowance.free += reservation.own;
  reservation.own = 0;
}

/** The error if `missing` calls could not be taken. */
export function callsRefusal({ allowance: { limit } }: Reservation, missing: number): GatewayError {
  return tooExpensive(limit + missing, limit, false);
}

function tooExpensive(calls: number, limit: number, refusesOperation: boolean): GatewayError {
  const message = `The operation needs ${calls} upstream calls, ${limit} are allowed`;
  return new GatewayError('OPERATION_TOO_EXPENSIVE', message, { calls, limit, refusesOperation });
}

/** The bound of a window whose price is one. No bound is smaller, so the price of a window with fewer calls is not needed. */
const smallestBound = 10;

/**
 * Counts the next calls for the windows that need them. A window makes at most five times the calls of its price, plus
 * five. It is still filled if only every fifth position has an entry. In a list with a huge total and hardly any entries, it
 * ends after a few calls. A call counts for every window that needs it. It is made as long as one of these windows has calls
 * left. So windows that overlap share calls, and no window can use up the calls of another.
 * @returns the calls that may be made.
 */
export function boundedCalls(
  calls: readonly Block[],
  open: readonly OpenWindow[],
  limits: Limits,
): readonly Block[] {
  let bounded: readonly Block[] = none;
  for (const block of calls) {
    let served = 0;
    let spent = 0;
    for (const window of open) {
      if (!needsBlock(window, block)) continue;
      served += 1;
      if (spentBound(window.state, limits) !== undefined) spent += 1;
      window.state.calls += 1;
    }
    if (served === 0 || spent < served) bounded = added(bounded, block);
  }
  return bounded;
}

/** Before the first page the reach may be undefined; then the window needs every block. */
function needsBlock({ reach }: OpenWindow, block: Block): boolean {
  if (reach === undefined) return true;
  for (const need of reach.needs) if (serves(block, need)) return true;
  return false;
}

/** The bound of a window that has no calls left; else undefined. */
function spentBound(state: WindowState, limits: Limits): number | undefined {
  if (state.calls < smallestBound) return undefined;
  state.mostCalls ??= 5 * priceOf([state.window], limits) + 5;
  return state.calls < state.mostCalls ? undefined : state.mostCalls;
}

/** The error that ends a window if it has no calls left. */
export function boundEnding(state: WindowState, limits: Limits): GatewayError | undefined {
  const limit = spentBound(state, limits);
  if (limit === undefined) return undefined;
  const message = `One window makes at most ${limit} upstream calls, and this one would need more`;
  return new GatewayError('OPERATION_TOO_EXPENSIVE', message, { calls: limit + 1, limit });
}
