/**
 * The bound on the calls of each window of one list, so that a total that never comes true does not cost all the calls
 * that an HTTP request may make. Counts calls; knows nothing of their outcome.
 *
 * A call counts for every window that it serves. It is made while one of them has calls left, so windows that overlap
 * still share their calls, and none of them lives on another's bound.
 */
import { GatewayError } from '../../errors.ts';
import { type Block, endOf, type Limits, startOf } from '../list/block.ts';
import type { Reach } from '../list/reach.ts';
import type { Window } from '../list/window.ts';
import { priceOf } from './price.ts';

/** Where each open window stands; nothing where that is not known before the first page. */
export type OpenWindows = ReadonlyMap<Window, Reach | undefined>;

/** The calls that the windows of one list have left. */
export type CallBounds = {
  /** Counts the next calls. @returns those that some window may still make. */
  readonly take: (calls: readonly Block[], open: OpenWindows) => readonly Block[];
  /** The error that ends a window which has no call left. */
  readonly endingOf: (window: Window) => GatewayError | undefined;
};

/**
 * Calls of one window at most: five times its price, and five. A list of which four positions in five are empty still
 * fills its windows; a list with a vast total and hardly an entry ends them after a few calls.
 */
function boundOf(window: Window, limits: Limits): number {
  return 5 * priceOf([window], limits) + 5;
}

/** The bounds of the windows of one list, before any call. */
export function createCallBounds(windows: readonly Window[], limits: Limits): CallBounds {
  const bounds = new Map(windows.map((window) => [window, boundOf(window, limits)]));
  const left = new Map(bounds);
  const leftOf = (window: Window) => left.get(window) ?? 0;
  return {
    take: (calls, open) =>
      calls.filter((block) => {
        const served = [...open].filter(([, reach]) => isServed(reach, block)).map(([window]) => window);
        if (served.length > 0 && served.every((window) => leftOf(window) === 0)) return false;
        for (const window of served) left.set(window, Math.max(0, leftOf(window) - 1));
        return true;
      }),
    endingOf(window) {
      const limit = bounds.get(window);
      if (limit === undefined || leftOf(window) > 0) return undefined;
      const message = `One window makes at most ${limit} upstream calls, and this one would need more`;
      return new GatewayError('OPERATION_TOO_EXPENSIVE', message, { calls: limit + 1, limit });
    },
  };
}

function isServed(reach: Reach | undefined, block: Block): boolean {
  if (reach === undefined) return true;
  return reach.needs.some(
    ({ from, to }) => startOf(block) < Math.max(from, to) && endOf(block) > Math.min(from, to),
  );
}
