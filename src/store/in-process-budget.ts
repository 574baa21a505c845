/** The call budget of one process. Counts; neither waits nor calls. */

import { budgetWindowMs, type CallBudget } from '../upstream/call-budget.ts';

/** The account of one credential: calls under way, and when the places of the ended ones are free again, ascending. */
type Account = { underWay: number; readonly freeAt: number[]; blockedUntil: number };

/** What a budget needs. */
export type InProcessBudgetOptions = {
  /** Calls of one credential in any 60 s; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
};

/**
 * A budget with all places free. It remembers no more than the calls of the last minute: accounts that have become
 * idle are dropped as new ones come.
 */
export function createInProcessBudget({ callsPerMinute, now }: InProcessBudgetOptions): CallBudget {
  const accounts = new Map<string, Account>();

  function accountOf(credential: string): Account {
    const known = accounts.get(credential);
    if (known !== undefined) return settle(known, now());
    dropIdle(accounts, now());
    const account: Account = { underWay: 0, freeAt: [], blockedUntil: Number.NEGATIVE_INFINITY };
    accounts.set(credential, account);
    return account;
  }

  function releaseOnce(account: Account): (wasSent: boolean) => void {
    let isReleased = false;
    return (wasSent) => {
      if (isReleased) return;
      isReleased = true;
      account.underWay -= 1;
      if (wasSent && callsPerMinute !== Number.POSITIVE_INFINITY) account.freeAt.push(now() + budgetWindowMs);
    };
  }

  return {
    async take(credential) {
      const account = accountOf(credential);
      const [waitMs = 0] = waitsOf(account, 1, callsPerMinute, now());
      if (waitMs > 0) return { ok: false, retryAfterMs: waitMs };
      account.underWay += 1;
      return { ok: true, release: releaseOnce(account) };
    },
    async waitsMs(credential, count) {
      return waitsOf(accountOf(credential), count, callsPerMinute, now());
    },
    block(credential, forMs) {
      const account = accountOf(credential);
      account.blockedUntil = Math.max(account.blockedUntil, now() + forMs);
    },
  };
}

/** Frees the places whose time has come. */
function settle(account: Account, moment: number): Account {
  const stillTaken = account.freeAt.findIndex((freeAt) => freeAt > moment);
  account.freeAt.splice(0, stillTaken === -1 ? account.freeAt.length : stillTaken);
  return account;
}

/** Looks at the two oldest accounts whenever one is added, so that idle ones go faster than new ones come. */
function dropIdle(accounts: Map<string, Account>, moment: number): void {
  for (const _ of [1, 2]) {
    const [oldest] = accounts;
    if (oldest === undefined) return;
    const [credential, account] = oldest;
    accounts.delete(credential);
    if (!isIdle(settle(account, moment), moment)) accounts.set(credential, account);
  }
}

function isIdle({ underWay, freeAt, blockedUntil }: Account, moment: number): boolean {
  return underWay === 0 && freeAt.length === 0 && blockedUntil <= moment;
}

function waitsOf(account: Account, count: number, callsPerMinute: number, moment: number): number[] {
  const { underWay, freeAt, blockedUntil } = account;
  const free = callsPerMinute - underWay - freeAt.length;
  const waitOf = (index: number): number => {
    if (index < free) return 0;
    const ended = freeAt[index - free];
    if (ended !== undefined) return ended - moment;
    if (index < callsPerMinute) return budgetWindowMs;
    return waitOf(index - callsPerMinute) + budgetWindowMs;
  };
  return Array.from({ length: count }, (_, index) => Math.max(waitOf(index), blockedUntil - moment, 0));
}
