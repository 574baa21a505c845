/**
 * The call budget of one process: bounds the calls of each credential in any window. It is the whole budget, or one
 * replica's share of it. Only counts: it neither waits nor makes calls.
 *
 * In forward mode anybody can make up credentials. An account must be remembered as long as its calls count, because a
 * forgotten credential would get a fresh budget. So the number of accounts is bounded, and calls with further credentials
 * are refused. One address may open a quarter of the accounts at most: a client that makes up credentials shuts out only
 * callers at its own address.
 */

import { type BudgetAnswer, type BudgetReading, budgetWindowMs, type Permit } from './call-budget.ts';

/** What a budget needs. */
export type WindowBudgetOptions = {
  /** Most calls of one credential in any window; `Infinity` for no limit but blocks. */
  readonly callsPerMinute: number;
  /** Most credentials whose calls count at once; unlimited by default. */
  readonly mostAccounts?: number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly windowMs?: number;
};

/** A budget that answers synchronously. It can also count calls whose permits come from Redis. */
export type WindowBudget = ReturnType<typeof createWindowBudget>;

/** What is counted for one credential. Small, because there may be many thousands. */
type Account = {
  readonly credential: string;
  /** That of the call that opened the account. */
  readonly fairnessKey: string;
  inFlight: number;
  /** For each call that has ended, when its permit is free again; ascending. */
  freeAt: number[];
  blockedUntil: number;
  /** How many permits other replicas hold, and until when that may be so. */
  others: number;
  othersUntil: number;
};

/** Starts with all permits free. Remembers only the calls of the last window; without a limit, only those in flight. */
export function createWindowBudget(options: WindowBudgetOptions) {
  const { callsPerMinute: limit, now, windowMs = budgetWindowMs, mostAccounts } = options;
  const accounts = createAccounts(now, mostAccounts);

  function countIn(account: Account): Permit {
    account.inFlight += 1;
    let isHeld = true;
    return {
      release(wasSent) {
        if (!isHeld) return;
        isHeld = false;
        account.inFlight -= 1;
        if (wasSent && Number.isFinite(limit)) account.freeAt.push(now() + windowMs);
        else accounts.forgetIfIdle(account);
      },
    };
  }

  function freeIn(account: Account, reserved: number): number {
    return account.blockedUntil > now() ? 0 : Math.max(0, withoutReserved(limit, reserved) - usedIn(account));
  }

  return {
    openAccount: accounts.open,
    /** Counts a call even beyond the limit. */
    countCall: (credential: string) => countIn(accounts.of(credential)),
    /** How many permits a request may take that leaves `reserved` of them. */
    free: (credential: string, reserved: number) => freeIn(accounts.of(credential), reserved),
    take(credential: string, count: number, reserved: number): BudgetAnswer {
      const account = accounts.of(credential);
      const granted = Math.min(count, freeIn(account, reserved));
      const permits = new Array<Permit>(granted); // To push into an empty one would hold seventeen places.
      for (let index = 0; index < granted; index += 1) permits[index] = countIn(account);
      if (granted === count) return { permits, waitsMs: [] };
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
    block(credential: string, forMs: number): void {
      const account = accounts.of(credential);
      account.blockedUntil = Math.max(account.blockedUntil, now() + forMs);
    },
    blockedMs: (credential: string) => Math.max(0, (accounts.get(credential)?.blockedUntil ?? 0) - now()),
    /** Reports how many permits all replicas together hold. It is forgotten after a window, when all of them may be free. */
    updateTaken(credential: string, taken: number): void {
      const account = accounts.of(credential);
      account.others = Math.max(0, taken - usedIn(account));
      account.othersUntil = now() + windowMs;
    },
    /** The state under this budget's own limit. With `shared`, the state under that limit, with the calls of all replicas. */
    read: (shared?: number) =>
      readingOf(accounts.all(), { limit: shared ?? limit, hasOthers: shared !== undefined, moment: now() }),
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
const withoutReserved = (limit: number, reserved: number): number => Math.max(1, limit - reserved);

/** With fewer accounts, idle ones are forgotten only when there is no room for another. */
const fewAccounts = 1000;
/** Least milliseconds between two sweeps of full accounts, because each may take some milliseconds. */
const sweepPauseMs = 1000;

/** The accounts, and their number by the address that opened them. */
function createAccounts(now: () => number, mostAccounts = Number.POSITIVE_INFINITY) {
  const accounts = new Map<string, Account>();
  const openedBy = new Map<string, number>();
  let sweepAtCount = fewAccounts;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let firstIdleAt = Number.POSITIVE_INFINITY;

  function isFullFor(fairnessKey: string): boolean {
    return accounts.size >= mostAccounts || (openedBy.get(fairnessKey) ?? 0) >= Math.ceil(mostAccounts / 4);
  }

  function add(credential: string, fairnessKey: string): Account {
    const counts = { inFlight: 0, freeAt: [], blockedUntil: 0, others: 0, othersUntil: 0 };
    const account = { credential, fairnessKey, ...counts };
    accounts.set(credential, account);
    openedBy.set(fairnessKey, (openedBy.get(fairnessKey) ?? 0) + 1);
    return account;
  }

  function forgetIfIdle(account: Account): void {
    const { credential, fairnessKey } = account;
    if (idleFrom(account) > now() || !accounts.delete(credential)) return;
    const others = (openedBy.get(fairnessKey) ?? 0) - 1;
    if (others > 0) openedBy.set(fairnessKey, others);
    else openedBy.delete(fairnessKey);
  }

  /** Forgets idle accounts if their number has doubled since the last sweep, or there is no room for another. */
  function sweepIfDue(isFull: boolean): void {
    if (accounts.size < sweepAtCount && !(isFull && now() >= sweptAt + sweepPauseMs)) return;
    sweptAt = now();
    firstIdleAt = Number.POSITIVE_INFINITY;
    for (const account of accounts.values()) {
      forgetIfIdle(account);
      if (accounts.has(account.credential)) firstIdleAt = Math.min(firstIdleAt, idleFrom(account));
    }
    sweepAtCount = Math.max(fewAccounts, 2 * accounts.size);
  }

  return {
    get: (credential: string) => accounts.get(credential),
    of: (credential: string) => dropExpired(accounts.get(credential) ?? add(credential, ''), now()),
    open(credential: string, fairnessKey: string): number | undefined {
      if (accounts.has(credential)) return undefined;
      sweepIfDue(isFullFor(fairnessKey));
      if (isFullFor(fairnessKey)) return firstIdleAt - now();
      add(credential, fairnessKey);
      return undefined;
    },
    forgetIfIdle,
    all: () => [...accounts.values()],
  };
}

/** Drops the calls that no longer count. */
function dropExpired(account: Account, moment: number): Account {
  if ((account.freeAt[0] ?? moment + 1) <= moment) {
    account.freeAt = account.freeAt.filter((freeAt) => freeAt > moment);
  }
  return account;
}

const usedIn = ({ inFlight, freeAt }: Account): number => inFlight + freeAt.length;

/** From when on an account may be forgotten; never while a call is in flight. */
function idleFrom({ inFlight, freeAt, blockedUntil, others, othersUntil }: Account): number {
  return inFlight > 0
    ? Number.POSITIVE_INFINITY
    : Math.max(freeAt.at(-1) ?? 0, blockedUntil, others > 0 ? othersUntil : 0);
}

type ReadingOptions = { readonly limit: number; readonly hasOthers: boolean; readonly moment: number };

function readingOf(all: readonly Account[], { limit, hasOthers, moment }: ReadingOptions): BudgetReading {
  const credentials = { free: 0, spent: 0, blocked: 0 };
  let fewest = limit;
  for (const account of all.filter((each) => idleFrom(each) > moment)) {
    const isBlocked = account.blockedUntil > moment;
    const others = hasOthers && account.othersUntil > moment ? account.others : 0;
    const left = isBlocked ? 0 : Math.max(0, limit - usedIn(dropExpired(account, moment)) - others);
    credentials[isBlocked ? 'blocked' : left === 0 ? 'spent' : 'free'] += 1;
    fewest = Math.min(fewest, left);
  }
  return { limit, left: fewest, credentials, accounts: all.length };
}
