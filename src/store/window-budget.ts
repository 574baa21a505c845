/**
 * The call budget of one process: bounds the calls of each credential in any window. It is the whole budget, or one
 * replica's share of it. Only counts: it neither waits nor makes calls.
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
  /** Most calls of one credential in any window; `Infinity` for no limit but blocks. */
  readonly callsPerMinute: number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly windowMs?: number;
};

/** A budget that answers synchronously. It can also count calls whose permits come from Redis. */
export type WindowBudget = Omit<CallBudget, 'take' | 'read'> & {
  readonly take: (credential: string, count: number, reserved: number) => BudgetAnswer;
  /** How many permits a request may take that leaves `reserved` of them. */
  readonly free: (credential: string, reserved: number) => number;
  /** Counts a call even beyond the limit. */
  readonly countCall: (credential: string) => Permit;
  /** Reports how many permits all replicas together hold. It is forgotten after a window, when all of them may be free. */
  readonly updateTaken: (credential: string, taken: number) => void;
  /** The state under this budget's own limit. With `shared`, the state under that limit, with the calls of all replicas. */
  readonly read: (shared?: number) => BudgetReading;
};

/** What is counted for one credential. Small, because there may be many thousands. */
type Account = {
  inFlight: number;
  /** For each call that has ended, when its permit is free again; ascending. */
  freeAt: number[];
  blockedUntil: number;
  /** How many permits other replicas hold, and until when that may be so. */
  others: number;
  othersUntil: number;
};

/** Starts with all permits free. Remembers only the calls of the last window. */
export function createWindowBudget(options: WindowBudgetOptions): WindowBudget {
  const { callsPerMinute: limit, now, windowMs = budgetWindowMs } = options;
  const { accountOf, accounts } = createAccounts(now);

  function countCall(credential: string): Permit {
    const account = accountOf(credential);
    account.inFlight += 1;
    let isHeld = true;
    return {
      release(wasSent) {
        if (!isHeld) return;
        isHeld = false;
        account.inFlight -= 1;
        // Without a limit, calls that have ended need not be counted.
        if (wasSent && Number.isFinite(limit)) account.freeAt.push(now() + windowMs);
      },
    };
  }

  function free(credential: string, reserved: number): number {
    const account = accountOf(credential);
    return account.blockedUntil > now() ? 0 : Math.max(0, withoutReserved(limit, reserved) - usedIn(account));
  }

  return {
    countCall,
    free,
    take(credential, count, reserved) {
      const granted = Math.min(count, free(credential, reserved));
      const permits = Array.from({ length: granted }, () => countCall(credential));
      if (granted === count) return { permits, waitsMs: [] };
      const account = accountOf(credential);
      const waitsMs = permitWaits({
        used: usedIn(account),
        limit: withoutReserved(limit, reserved),
        count: count - granted,
        windowMs,
        blockedMs: account.blockedUntil - now(),
        // Permits of ended calls are free first. Then those of calls in flight, as if these ended now.
        freeInMs: (index) => (account.freeAt[index] ?? now() + windowMs) - now(),
      });
      return { permits, waitsMs };
    },
    block(credential, forMs) {
      const account = accountOf(credential);
      account.blockedUntil = Math.max(account.blockedUntil, now() + forMs);
    },
    blockedMs: (credential) => Math.max(0, (accounts.get(credential)?.blockedUntil ?? 0) - now()),
    updateTaken(credential, taken) {
      const account = accountOf(credential);
      account.others = Math.max(0, taken - usedIn(account));
      account.othersUntil = now() + windowMs;
    },
    read: (shared) => readingOf([...accounts.values()], { limit, shared, moment: now() }),
  };
}

/** What the waits for `count` permits depend on. Times in milliseconds. */
type WaitsOptions = {
  /** Permits that are held, and the most that may be held. */
  readonly used: number;
  readonly limit: number;
  readonly count: number;
  readonly windowMs: number;
  /** 0 or less without a block. */
  readonly blockedMs: number;
  /** The time until a held permit is free. `index` counts held permits in the order in which they become free. */
  readonly freeInMs: (index: number) => number;
};

/**
 * The waits for `count` permits that are not free now, ascending. Beyond `limit` of them, waits repeat one window
 * later.
 */
export function permitWaits(options: WaitsOptions): readonly number[] {
  const { used, limit, count, windowMs, blockedMs, freeInMs } = options;
  return Array.from({ length: count }, (_, index) => {
    const windows = Math.floor(index / limit);
    const held = used - limit + (index % limit);
    const waitMs = (held < 0 ? 0 : freeInMs(held)) + windows * windowMs;
    return Math.max(waitMs, blockedMs, 0);
  });
}

/** At least 1. Otherwise a budget of one call would never give a permit to a page call. */
function withoutReserved(limit: number, reserved: number): number {
  return Math.max(1, limit - reserved);
}

function createAccounts(now: () => number) {
  const accounts = new Map<string, Account>();

  /** Checks the two accounts that were checked longest ago: two for each new account, so that idle ones cannot pile up. */
  function dropIdle(): void {
    const [first, second] = accounts;
    for (const [credential, account] of [first, second].filter((entry) => entry !== undefined)) {
      accounts.delete(credential);
      if (!isIdle(dropExpired(account, now()), now())) accounts.set(credential, account);
    }
  }

  function accountOf(credential: string): Account {
    const known = accounts.get(credential);
    if (known !== undefined) return dropExpired(known, now());
    dropIdle();
    const account = { inFlight: 0, freeAt: [], blockedUntil: 0, others: 0, othersUntil: 0 };
    accounts.set(credential, account);
    return account;
  }

  return { accountOf, accounts };
}

/** Drops the calls that no longer count. */
function dropExpired(account: Account, moment: number): Account {
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
    if (isIdle(dropExpired(account, moment), moment)) continue;
    const isBlocked = account.blockedUntil > moment;
    const used = usedIn(account) + (shared === undefined ? 0 : othersIn(account, moment));
    const left = isBlocked ? 0 : Math.max(0, (shared ?? limit) - used);
    credentials[isBlocked ? 'blocked' : left === 0 ? 'spent' : 'free'] += 1;
    fewest = Math.min(fewest, left);
  }
  return { limit: shared ?? limit, left: fewest, credentials };
}
