/**
 * The limits on upstream calls: of one HTTP request, and of each window of a list. They count calls, and know nothing of
 * their outcome.
 */
import { GatewayError } from '../../errors.ts';
import type { Block, Limits } from '../list/block.ts';
import { type OpenWindows, type Reach, serves } from '../list/reach.ts';
import type { Window } from '../list/window.ts';
import { priceOf } from './price.ts';

/** Calls reserved for one list. */
export type Reservation = {
  /** Takes up to `wanted` calls, first the list's own, then free ones. @returns how many may be made. */
  readonly take: (wanted: number) => number;
  /** Gives back the list's own calls that are left. */
  readonly release: () => void;
  /** The error of `missing` calls that could not be taken. */
  readonly refusal: (missing: number) => GatewayError;
};

/** All calls that one HTTP request may make. */
export type CallAllowance = {
  /** @throws {GatewayError} OPERATION_TOO_EXPENSIVE when a batch needs more calls than are left. */
  readonly afford: (calls: number) => void;
  /** Reserves `price` calls for one list: what it needs if its pages are full. Only free calls serve short pages. */
  readonly reserve: (price: number) => Reservation;
};

/** An allowance of `limit` calls. */
export function createCallAllowance(limit: number): CallAllowance {
  let free = limit;
  return {
    afford(calls) {
      if (calls > free) throw tooExpensive(limit - free + calls, limit, true);
    },
    reserve(price) {
      let own = Math.min(price, free);
      free -= own;
      return {
        take(wanted) {
          const fromOwn = Math.min(own, wanted);
          const fromFree = Math.min(free, wanted - fromOwn);
          own -= fromOwn;
          free -= fromFree;
          return fromOwn + fromFree;
        },
        release() {
          free += own;
          own = 0;
        },
        refusal: (missing) => tooExpensive(limit + missing, limit, false),
      };
    },
  };
}

function tooExpensive(calls: number, limit: number, refusesOperation: boolean): GatewayError {
  const message = `The operation needs ${calls} upstream calls, ${limit} are allowed`;
  return new GatewayError('OPERATION_TOO_EXPENSIVE', message, { calls, limit, refusesOperation });
}

/** The calls that the windows of one list have left. */
export type WindowBounds = {
  /** Counts the next calls. @returns those that some window may still make. */
  readonly take: (calls: readonly Block[], open: OpenWindows) => readonly Block[];
  /** The error that ends a window without calls left. */
  readonly endingOf: (window: Window) => GatewayError | undefined;
};

/**
 * Calls of one window at most: five times its price, and five. A list with an entry in one position of five still fills
 * its windows. A list with a vast total and hardly an entry ends them after a few calls.
 */
function boundOf(window: Window, limits: Limits): number {
  return 5 * priceOf([window], limits) + 5;
}

/**
 * The bounds of the windows of one list. A call counts for every window that it serves, and is made while one of them has
 * calls left. So windows that overlap share their calls, and none of them uses up the calls of another.
 */
export function createWindowBounds(windows: readonly Window[], limits: Limits): WindowBounds {
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

/** Before the first page every call serves a window whose reach is unknown. */
function isServed(reach: Reach | undefined, block: Block): boolean {
  return reach === undefined || reach.needs.some((need) => serves(block, need));
}
