/**
 * How many calls of one credential the upstream's door allows. Who counts them, in this process or for all replicas
 * together, is decided elsewhere.
 */

/**
 * The window, in milliseconds: the upstream counts calls per minute (its reference, "Rate limit"), and a call that we gave up
 * may arrive a moment later. A second is longer than a network takes that is well. An upstream that stands still with such a
 * call in its buffers may count it later still.
 */
export const budgetWindowMs = 61_000;

/** Permission for one call. */
export type Permit = {
  /**
   * Gives it back, once, when the call has ended. It is free again one window later, because the call may have been counted
   * at any moment until its end; at once if the call was never sent.
   */
  readonly release: (wasSent: boolean) => void;
};

/** Permits for as many calls as may go out now, and the wait of each of the others in milliseconds, ascending. */
export type BudgetAnswer = { readonly permits: readonly Permit[]; readonly waitsMs: readonly number[] };

/**
 * The budget of each upstream credential. `credential` is a digest, and no more than a name; a store that others can read
 * hashes it again with a key of its own. Nothing here ever rejects: an implementation whose store fails goes on by itself,
 * with a smaller budget.
 */
export type CallBudget = {
  /**
   * Asks for `count` permits in one question, so that permits and waits are of one moment. `kept` permits of the budget are
   * left to others. A call under way counts as ending now.
   */
  readonly take: (credential: string, count: number, kept: number) => BudgetAnswer | Promise<BudgetAnswer>;
  /** Gives no permit for so many milliseconds from now: the upstream's own 429. A shorter block never ends a longer. */
  readonly block: (credential: string, forMs: number) => void;
  /** For how long no permit is given, in milliseconds, as far as this process knows; 0 without a block. */
  readonly blockedMs: (credential: string) => number;
  /** How it stands right now, over all credentials, as far as this process knows. */
  readonly read: () => BudgetReading;
};

/**
 * How a budget stands: bounded, however many credentials there are. Those without a call that still counts and without
 * a block have all their permits left, and appear nowhere.
 */
export type BudgetReading = {
  /** Calls of one credential that may count at a time; `Infinity` if only blocks are obeyed. */
  readonly limit: number;
  /** Permits left to the credential with the fewest; none to a blocked one. `limit` when there is none to speak of. */
  readonly left: number;
  /** How many credentials are in each state; each is in one. */
  readonly credentials: Readonly<Record<CredentialState, number>>;
};

/** `blocked` goes before `spent`: no permit that comes free helps it. */
export type CredentialState = 'free' | 'spent' | 'blocked';

const endless: Permit = { release: () => undefined };

/** A budget that never ends and heeds no block: for a client that makes a handful of calls. */
export const unlimitedBudget: CallBudget = {
  take: (_, count) => ({ permits: Array.from({ length: count }, () => endless), waitsMs: [] }),
  block: () => undefined,
  blockedMs: () => 0,
  read: () => ({
    limit: Number.POSITIVE_INFINITY,
    left: Number.POSITIVE_INFINITY,
    credentials: { free: 0, spent: 0, blocked: 0 },
  }),
};
