/**
 * The call budget of one process: so many calls of a credential in any window. It is the whole budget, or the share of one
 * that replicas share. Counts; neither waits nor calls.
 */

import {
  type BudgetAnswer,
  type BudgetReading,
  budgetWindowMs,
  type CallBudget,
  type Permit,
} from '../upstream/budget/call-budget.ts';

/** What a budget needs. */
export type WindowBudgetOptions = {
  /** Calls of one credential in any window; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly windowMs?: number;
};

/** A budget that answers at once, and can count calls that Redis has permitted. */
export type WindowBudget = Omit<CallBudget, 'take' | 'read'> & {
  readonly take: (credential: string, count: number, reserved: number) => BudgetAnswer;
  /** How many permits are free. */
  readonly free: (credential: string, reserved: number) => number;
  /** Counts a call, whatever the limit. */
  readonly enter: (credential: string) => Permit;
  /** All replicas together hold so many permits. Counts for a window: by then they may be free. */
  readonly noteTaken: (credential: string, taken: number) => void;
  /** Under the own limit; with `shared`, under that limit for the calls of all. */
  readonly read: (shared?: number) => BudgetReading;
};

/** Small, because there is one for each credential of the last minute. */
type Account = {
  inFlight: number;
  /** When the calls that have ended stop counting, ascending. */
  freeAt: number[];
  blockedUntil: number;
  /** Permits of other replicas, and until when they can still be held. */
  others: number;
  othersUntil: number;
};

/** A budget with all permits free. It remembers only the calls of the last window. */
export function createWindowBudget(options: WindowBudgetOptions): WindowBudget {
  const { callsPerMinute: limit, now, windowMs = budgetWindowMs } = options;
  const { accountOf, accounts } = createAccounts(now);

  function enter(credential: string): Permit {
    const account = accountOf(credential);
    account.inFlight += 1;
    let isHeld = true;
    return {
      release(wasSent) {
        if (!isHeld) return;
        isHeld = false;
        account.inFlight -= 1;
        // Without a limit nothing is counted, so a call that has ended need not be remembered.
        if (wasSent && Number.isFinite(limit)) account.freeAt.push(now() + windowMs);
      },
    };
  }

  function free(credential: string, reserved: number): number {
    const account = accountOf(credential);
    return account.blockedUntil > now() ? 0 : Math.max(0, withoutReserved(limit, reserved) - usedIn(account));
  }

  return {
    enter,
    free,
    take(credential, count, reserved) {
      const granted = Math.min(count, free(credential, reserved));
      const permits = Array.from({ length: granted }, () => enter(credential));
      if (granted === count) return { permits, waitsMs: [] };
      const account = accountOf(credential);
      const waitsMs = permitWaits({
        used: usedIn(account),
        limit: withoutReserved(limit, reserved),
        count: count - granted,
        windowMs,
        blockedMs: account.blockedUntil - now(),
        // Calls in flight count as ending now. Those that have ended are free before them.
        freeInMs: (index) => (account.freeAt[index] ?? now() + windowMs) - now(),
      });
      return { permits, waitsMs };
    },
    block(credential, forMs) {
      const account = accountOf(credential);
      account.blockedUntil = Math.max(account.blockedUntil, now() + forMs);
    },
    blockedMs: (credential) => Math.max(0, (accounts.get(credential)?.blockedUntil ?? 0) - now()),
    noteTaken(credential, taken) {
      const account = accountOf(credential);
      account.others = Math.max(0, taken - usedIn(account));
      account.othersUntil = now() + windowMs;
    },
    read: (shared) => readingOf([...accounts.values()], { limit, shared, moment: now() }),
  };
}

/** The waits of `count` permits that are not free now. Times in milliseconds. */
type WaitsAsked = {
  /** Permits that are held, and how many may be. */
  readonly used: number;
  readonly limit: number;
  readonly count: number;
  readonly windowMs: number;
  /** 0 or less without a block. */
  readonly blockedMs: number;
  /** In how long the held permit with this number is free, from the soonest on. */
  readonly freeInMs: (index: number) => number;
};

/** Ascending. Permits beyond the limit are free a whole window after those before them. */
export function permitWaits(asked: WaitsAsked): readonly number[] {
  const { used, limit, count, windowMs, blockedMs, freeInMs } = asked;
  return Array.from({ length: count }, (_, index) => {
    const windows = Math.floor(index / limit);
    const held = used - limit + (index % limit);
    const waitMs = (held < 0 ? 0 : freeInMs(held)) + windows * windowMs;
    return Math.max(waitMs, blockedMs, 0);
  });
}

/** At least one, or a budget of one call would never permit a page call beside token calls. */
function withoutReserved(limit: number, reserved: number): number {
  return Math.max(1, limit - reserved);
}

function createAccounts(now: () => number) {
  const accounts = new Map<string, Account>();

  /** Checks the two that were not checked for longest, so that idle accounts are dropped faster than new ones come. */
  function dropIdle(): void {
    const [first, second] = accounts;
    for (const [credential, account] of [first, second].filter((entry) => entry !== undefined)) {
      accounts.delete(credential);
      if (!isIdle(settle(account, now()), now())) accounts.set(credential, account);
    }
  }

  function accountOf(credential: string): Account {
    const known = accounts.get(credential);
    if (known !== undefined) return settle(known, now());
    dropIdle();
    const account = { inFlight: 0, freeAt: [], blockedUntil: 0, others: 0, othersUntil: 0 };
    accounts.set(credential, account);
    return account;
  }

  return { accountOf, accounts };
}

/** Forgets the calls that no longer count. */
function settle(account: Account, moment: number): Account {
  if ((account.freeAt[0] ?? moment + 1) <= moment) {
    account.freeAt = account.freeAt.filter((freeAt) => freeAt > moment);
  }
  return account;
}

function usedIn({ inFlight, freeAt }: Account): number {
  return inFlight + freeAt.length;
}

function othersIn({ others, othersUntil }: Account, moment: number): number {
  return othersUntil > moment ? others : 0;
}

function isIdle(account: Account, moment: number): boolean {
  return usedIn(account) + othersIn(account, moment) === 0 && account.blockedUntil <= moment;
}

type Reading = { readonly limit: number; readonly shared: number | undefined; readonly moment: number };

function readingOf(all: readonly Account[], { limit, shared, moment }: Reading): BudgetReading {
  const credentials = { free: 0, spent: 0, blocked: 0 };
  let fewest = shared ?? limit;
  for (const account of all) {
    if (isIdle(settle(account, moment), moment)) continue;
    const isBlocked = account.blockedUntil > moment;
    const used = usedIn(account) + (shared === undefined ? 0 : othersIn(account, moment));
    const left = isBlocked ? 0 : Math.max(0, (shared ?? limit) - used);
    credentials[isBlocked ? 'blocked' : left === 0 ? 'spent' : 'free'] += 1;
    fewest = Math.min(fewest, left);
  }
  return { limit: shared ?? limit, left: fewest, credentials };
}
