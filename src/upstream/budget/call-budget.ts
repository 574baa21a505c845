/**
 * The call budget: how many calls of one credential may go out in any window. `window-budget.ts` counts them in this
 * process, `../../store/` in Redis for all replicas.
 */

/**
 * The window, in milliseconds: a minute, as the upstream counts (its reference, "Rate limit"), and one second more. A call
 * that was cancelled may still arrive a moment later, in a healthy network within a second. An upstream that stands still
 * with such a call in its buffers may count it later than that.
 */
export const budgetWindowMs = 61_000;

/** Permission for one call. */
export type Permit = {
  /**
   * Must be called once, when the call has ended. The permit is free again one window later, because the upstream may have
   * counted the call at any moment until its end. It is free at once if the call was never sent.
   */
  readonly release: (wasSent: boolean) => void;
};

/** The permits that are free now, and for each further call the wait until it gets one, in milliseconds, ascending. */
export type BudgetAnswer = { readonly permits: readonly Permit[]; readonly waitsMs: readonly number[] };

/**
 * The budgets of all upstream credentials. `credential` is a name for one of them, a digest. A store that others can read
 * hashes it again with a key. Nothing here throws or rejects: if its store fails, an implementation goes on with a smaller
 * budget of its own.
 */
export type CallBudget = {
  /**
   * Opens the account of a credential if it has none. Must be called before `take`. Returns undefined, or, if there is no
   * room for another account, the milliseconds until there may be; `Infinity` if that is not known.
   */
  readonly openAccount: (credential: string, fairnessKey: string) => number | undefined;
  /**
   * Asks for `count` permits at once, so that all permits and waits are of the same moment. Does not touch the last
   * `reserved` permits of the budget. Waits are counted as if every call in flight ended now.
   */
  readonly take: (
    credential: string,
    count: number,
    reserved: number,
  ) => BudgetAnswer | Promise<BudgetAnswer>;
  /**
   * Gives no permit for `forMs` milliseconds, because the upstream answered 429. A shorter block never ends a longer
   * one.
   */
  readonly block: (credential: string, forMs: number) => void;
  /** How long the block still lasts, in milliseconds, as far as this process knows; 0 without a block. */
  readonly blockedMs: (credential: string) => number;
  /** The present state of the budgets, as far as this process knows. */
  readonly read: () => BudgetReading;
};

/**
 * The state of the budgets in a few numbers. Leaves out credentials that have neither a counted call nor a block: all their
 * permits are free.
 */
export type BudgetReading = {
  /** Most calls of one credential in any window; `Infinity` if there is no limit but blocks. */
  readonly limit: number;
  /** Permits left to the credential that has fewest; a blocked one has 0. `limit` if no credential counts. */
  readonly left: number;
  /** How many credentials have a free permit, have none, or get none after a 429, whether one is free or not. */
  readonly credentials: Readonly<Record<'free' | 'spent' | 'blocked', number>>;
  /** How many credentials are remembered because their calls still count. Some of them may be idle by now. */
  readonly accounts: number;
};
