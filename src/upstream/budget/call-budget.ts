/**
 * How many calls of one credential the upstream takes. Who counts them, this process or Redis for all replicas, is decided
 * elsewhere.
 */

/**
 * The window, in milliseconds. The upstream counts calls per minute (its reference, "Rate limit"), and a call that was given
 * up may arrive a moment later: a healthy network takes less than a second. An upstream that stands still with such a call in
 * its buffers may count it later still.
 */
export const budgetWindowMs = 61_000;

/** Permission for one call. */
export type Permit = {
  /**
   * Gives the permit back, once, when the call has ended. It is free again one window later, because the upstream may have
   * counted the call at any moment until its end; at once if the call was never sent.
   */
  readonly release: (wasSent: boolean) => void;
};

/** Permits for as many calls as may go out now, and the wait of each of the others in milliseconds, ascending. */
export type BudgetAnswer = { readonly permits: readonly Permit[]; readonly waitsMs: readonly number[] };

/**
 * The budget of each upstream credential. `credential` is a digest, and only a name; a store that others can read hashes it
 * again with a key of its own. Nothing here ever rejects: an implementation whose store fails goes on with a smaller budget
 * of its own.
 */
export type CallBudget = {
  /**
   * Asks for `count` permits in one question, so that permits and waits are of one moment. Leaves `reserved` permits of the
   * budget to others. A call in flight counts as ending now.
   */
  readonly take: (
    credential: string,
    count: number,
    reserved: number,
  ) => BudgetAnswer | Promise<BudgetAnswer>;
  /** Gives no permit for so many milliseconds from now: the upstream's own 429. A shorter block never ends a longer one. */
  readonly block: (credential: string, forMs: number) => void;
  /** For how long no permit is given, in milliseconds, as far as this process knows; 0 without a block. */
  readonly blockedMs: (credential: string) => number;
  /** How the budget stands right now, over all credentials, as far as this process knows. */
  readonly read: () => BudgetReading;
};

/**
 * How a budget stands: bounded, however many credentials there are. A credential without a counted call and without a block
 * has all its permits left, and does not appear.
 */
export type BudgetReading = {
  /** Calls of one credential in any window; `Infinity` if only blocks are obeyed. */
  readonly limit: number;
  /** Permits left to the credential with the fewest; none to a blocked one. `limit` when no credential appears. */
  readonly left: number;
  /** How many credentials are in each state; each is in one. */
  readonly credentials: Readonly<Record<CredentialState, number>>;
};

/** `blocked` takes precedence over `spent`: a permit that becomes free does not help a blocked credential. */
export type CredentialState = 'free' | 'spent' | 'blocked';

const endless: Permit = { release: () => undefined };

/** A budget without a limit that ignores blocks: for a client that makes a handful of calls. */
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
