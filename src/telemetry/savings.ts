/**
 * Upstream calls that a request did not have to make. Pure.
 */

/** What a request cost, as far as savings go by it: its receipt. */
export type RequestCosts = {
  /** Calls needed if every page were full and nothing could be shared or kept. */
  readonly price: number;
  readonly made: number;
  readonly shared: number;
  /** Kept answers that served. Two of them can stand for one call. */
  readonly kept: number;
  readonly calls: readonly { readonly outcome: string }[];
};

/** Why a call was not made. */
export type Saving = 'shared' | 'kept' | 'planned';

/** What each saving counts, exactly; the metric's help text is made of it. */
export const savingMeanings: Readonly<Record<Saving, string>> = {
  shared: 'calls of other requests that were waited for',
  kept: 'price less made and shared calls, up to the number of kept answers that served',
  planned:
    'what then remains of the price, of requests without errors and failed calls: pages of lists that ended before them',
};

/**
 * The calls saved by each means. They never add up to more than the price and the shared calls: a kept answer
 * saves a call only where the price had foreseen one. What a request that failed did not call for is not saved.
 */
export function savingsOf(costs: RequestCosts, hasErrors: boolean): Readonly<Record<Saving, number>> {
  const { price, made, shared } = costs;
  const unmade = Math.max(0, price - made - shared);
  const kept = Math.min(costs.kept, unmade);
  const isWhole = !hasErrors && costs.calls.every(({ outcome }) => isAnswer(outcome));
  return { shared, kept, planned: isWhole ? unmade - kept : 0 };
}

function isAnswer(outcome: string): boolean {
  return outcome === 'OK' || outcome === 'NO_SUCH_CUSTOMER';
}
