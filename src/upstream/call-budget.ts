/**
 * What the upstream's door allows: so many calls of one credential in any 60 seconds. Who counts, in this process or
 * for all replicas together, is decided elsewhere. All of it assumes an upstream that counts a call before we end it: one
 * that stands still with a call that we gave up in its buffers may count it later, when its place is taken anew.
 */

/** The window, in milliseconds: the upstream counts calls per minute (its reference, "Rate limit"). */
export const budgetWindowMs = 60_000;

/** A place within the budget, or how long until there can be one. */
export type CallGrant =
  | {
      readonly ok: true;
      /**
       * Tells, once, that the call has ended. The place is free again 60 s later, because a call may have been counted
       * at any moment until its end, or `lateByMs` after it if we gave it up; at once if the call was never sent
       * (`wasSent: false`).
       */
      readonly release: (wasSent: boolean, lateByMs?: number) => void;
    }
  | {
      readonly ok: false;
      /** Milliseconds, more than 0, until the next place can be free at the soonest. */
      readonly retryAfterMs: number;
    };

/**
 * The budget of each upstream credential. `credential` is a digest, and no more than a name; a store that others can
 * read hashes it again with a key of its own. Nothing here ever rejects: an implementation whose store fails goes on
 * by itself, with a smaller budget. Waiting for a place is not its business: `take` answers as soon as it knows, which is
 * at once in this process, and within a second where a store is asked that may fall silent.
 */
export type CallBudget = {
  /** Takes a place if one is free right now. */
  readonly take: (credential: string) => Promise<CallGrant>;
  /**
   * In how many milliseconds each of the next `count` places can be free at the soonest: ascending, 0 for one that is
   * free now. A call under way counts as ending now; places beyond the budget free a whole window after those before.
   * `waiting` says how many stand in line for them here, where that is for others to know who share the budget, and with
   * whom the places are shared out then.
   */
  readonly waitsMs: (credential: string, count: number, waiting?: number) => Promise<readonly number[]>;
  /** Gives no place for so many milliseconds from now: the upstream's own 429. A shorter block never ends a longer. */
  readonly block: (credential: string, forMs: number) => void;
  /** How it stands right now, over all credentials. Asks nobody: what it tells is what this process knows. */
  readonly read: () => BudgetReading;
};

/**
 * How a budget stands: bounded, however many credentials there are. Those without a call that still counts and without
 * a block have all their places left, and appear nowhere.
 */
export type BudgetReading = {
  /** Calls of one credential that may count at a time; `Infinity` if only blocks are obeyed. */
  readonly limit: number;
  /** Places left to the credential with the fewest; none to a blocked one. `limit` when there is none to speak of. */
  readonly left: number;
  /** How many credentials are in each state; each is in one. */
  readonly credentials: Readonly<Record<CredentialState, number>>;
};

/** `blocked` goes before `spent`: no place that comes free helps it. */
export type CredentialState = 'free' | 'spent' | 'blocked';

/** A budget that never ends and heeds no block: for a client that makes a handful of calls. */
export const unlimitedBudget: CallBudget = {
  take: async () => ({ ok: true, release: () => undefined }),
  waitsMs: async (_, count) => Array.from({ length: count }, () => 0),
  block: () => undefined,
  read: () => ({
    limit: Number.POSITIVE_INFINITY,
    left: Number.POSITIVE_INFINITY,
    credentials: { free: 0, spent: 0, blocked: 0 },
  }),
};
