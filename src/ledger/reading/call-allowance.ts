/**
 * The hard cap on upstream calls of one HTTP request. Counts calls; knows nothing of who makes them.
 */
import { GatewayError } from '../../errors.ts';

/** Calls set aside for one list. What it does not use goes back to all. */
export type CallShare = {
  /** Takes up to `wanted` calls, first the list's own, then free ones. @returns how many may be made. */
  readonly take: (wanted: number) => number;
  /** Gives back what is left of the list's own calls. */
  readonly release: () => void;
};

/** All calls that one HTTP request may make. */
export type CallAllowance = {
  readonly limit: number;
  /**
   * Checks, before the first call goes out, that a whole batch can be paid.
   * @throws {GatewayError} OPERATION_TOO_EXPENSIVE when it takes more calls than are left.
   */
  readonly afford: (calls: number) => void;
  /**
   * Sets `price` calls aside for one list: it gets what it needs if all its pages are full, and only what no
   * list has set aside serves pages that come short.
   */
  readonly share: (price: number) => CallShare;
};

/** An allowance of `limit` calls. */
export function createCallAllowance(limit: number): CallAllowance {
  let free = limit;
  return {
    limit,
    afford(calls) {
      if (calls > free) throw tooExpensive(limit - free + calls, limit, true);
    },
    share(price) {
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
      };
    },
  };
}

/**
 * The error of a list for which no call is left, or of a whole operation (`refusesOperation`). `calls` is what it would
 * take.
 */
export function tooExpensive(calls: number, limit: number, refusesOperation = false): GatewayError {
  const message = `The operation needs ${calls} upstream calls, ${limit} are allowed`;
  return new GatewayError('OPERATION_TOO_EXPENSIVE', message, { calls, limit, refusesOperation });
}
