/**
 * The call budget of one process: so many calls of a credential in any window. All of it, or its share of a budget that
 * replicas share. Counts; neither waits nor calls.
 */

import {
  type BudgetAnswer,
  type BudgetReading,
  budgetWindowMs,
  type CallBudget,
  type Permit,
} from '../upstream/budget/call-budget.ts';
import { permitWaits } from './permit-waits.ts';

/** What a budget needs. */
export type WindowBudgetOptions = {
  /** Calls of one credential in any window; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly windowMs?: number;
};

/** A budget that answers at once, and can count calls which others have permitted. */
export type WindowBudget = Omit<CallBudget, 'take' | 'read'> & {
  readonly take: (credential: string, count: number, kept: number) => BudgetAnswer;
  /** How many permits are free. */
  readonly free: (credential: string, kept: number) => number;
  /** Counts a call, whatever the limit. */
  readonly enter: (credential: string) => Permit;
  /** So many permits are held by all who share the budget. Believed for a window: by then they may be free. */
  readonly noteTaken: (credential: string, taken: number) => void;
  /** Under the own limit; with `shared`, under that limit for the calls of all. */
  readonly read: (shared?: number) => BudgetReading;
};

/**
 * Small, for there is one for each credential of the last minute. `freeAt`: when the calls that have ended stop counting,
 * ascending.
 */
type Account = {
  underWay: number;
  freeAt: number[];
  blockedUntil: number;
  /** Permits of others, and until when they can still be held. */
  others: number;
  othersUntil: number;
};

/** A budget with all permits free. It remembers no more than the calls of the last window. */
export function createWindowBudget(options: WindowBudgetOptions): WindowBudget {
  const { callsPerMinute: limit, now, windowMs = budgetWindowMs } = options;
  const { accountOf, accounts } = createAccounts(now);

  function enter(credential: string): Permit {
    const account = accountOf(credential);
    account.underWay += 1;
    let isHeld = true;
    return {
      release(wasSent) {
        if (!isHeld) return;
        isHeld = false;
        account.underWay -= 1;
        // Without a limit nothing is counted, so nothing need be remembered of a call that has ended.
        if (wasSent && Number.isFinite(limit)) account.freeAt.push(now() + windowMs);
      },
    };
  }

  function free(credential: string, kept: number): number {
    const account = accountOf(credential);
    if (account.blockedUntil > now()) return 0;
    return Math.max(0, withoutKept(limit, kept) - usedIn(account));
  }

  return {
    enter,
    free,
    take(credential, count, kept) {
      const permits = Array.from({ length: Math.min(count, free(credential, kept)) }, () =>
        enter(credential),
      );
      if (permits.length === count) return { permits, waitsMs: [] };
      const { freeAt, blockedUntil, ...account } = accountOf(credential);
      const waitsMs = permitWaits({
        used: usedIn({ ...account, freeAt }),
        limit: withoutKept(limit, kept),
        count: count - permits.length,
        windowMs,
        blockedMs: blockedUntil - now(),
        // Calls under way count as ending now, and those that have ended are free before them.
        freeInMs: (index) => (freeAt[index] ?? now() + windowMs) - now(),
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

/** At least one, or a small budget would never let a call go that leaves permits to others. */
function withoutKept(limit: number, kept: number): number {
  return Math.max(1, limit - kept);
}

function createAccounts(now: () => number) {
  const accounts = new Map<string, Account>();

  /** Looks at the two that were not looked at for longest, so that idle ones go faster than new ones come. */
  function dropIdle(): void {
    for (const [credential, account] of [...firstOf(accounts, 2)]) {
      accounts.delete(credential);
      if (!isIdle(settle(account, now()), now())) accounts.set(credential, account);
    }
  }

  function accountOf(credential: string): Account {
    const known = accounts.get(credential);
    if (known !== undefined) return settle(known, now());
    dropIdle();
    const account = { underWay: 0, freeAt: [], blockedUntil: 0, others: 0, othersUntil: 0 };
    accounts.set(credential, account);
    return account;
  }

  return { accountOf, accounts };
}

function* firstOf<T>(all: Iterable<T>, count: number): Iterable<T> {
  let left = count;
  for (const one of all) {
    if (left === 0) return;
    left -= 1;
    yield one;
  }
}

/** Forgets the calls that count no more. */
function settle(account: Account, moment: number): Account {
  if ((account.freeAt[0] ?? moment + 1) <= moment) {
    account.freeAt = account.freeAt.filter((freeAt) => freeAt > moment);
  }
  return account;
}

function usedIn({ underWay, freeAt }: Pick<Account, 'underWay' | 'freeAt'>): number {
  return underWay + freeAt.length;
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
