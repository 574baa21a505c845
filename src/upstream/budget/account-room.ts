/**
 * Bounds the number of accounts: the credentials whose calls still count. Knows neither calls nor budgets.
 *
 * In forward mode anybody can make up credentials. An account must be remembered as long as its calls count, because a
 * forgotten credential would get a fresh budget. So the number of accounts is bounded, and calls with further credentials
 * are refused. One address may open a quarter of the accounts at most: a client that makes up credentials shuts out only
 * callers at its own address.
 */

import { type CallFailure, ownRefusal, wholeSeconds } from '../failure.ts';

/** The bounds. */
export type AccountRoomOptions = {
  /** Most accounts at once; unlimited by default. */
  readonly mostAccounts?: number;
  /** How long a call counts after its end, in milliseconds; 0 by default. */
  readonly countedForMs?: number;
};

type Account = {
  readonly fairnessKey: string;
  calls: number;
  countsUntil: number;
  blockedUntil: number;
};

/** With fewer accounts, idle ones are dropped only when the room is full. */
const fewAccounts = 1000;
/** Least milliseconds between two sweeps of a full room, because each may take some milliseconds. */
const sweepPauseMs = 1000;

/**
 * Starts without accounts. `now` is the monotonic clock in ms. `onRefusal` is called for each refused call; it must not
 * throw.
 */
export function createAccountRoom(
  { mostAccounts = Number.POSITIVE_INFINITY, countedForMs = 0 }: AccountRoomOptions,
  now: () => number,
  onRefusal: () => void = () => undefined,
) {
  const accounts = createAccounts(now);
  const mostPerAddress = Math.ceil(mostAccounts / 4);

  function isFullFor(fairnessKey: string): boolean {
    return accounts.count() >= mostAccounts || accounts.countOf(fairnessKey) >= mostPerAddress;
  }

  return {
    /**
     * Counts a call that begins; `leave` must follow.
     * @throws {CallFailure} RATE_LIMITED, without a retry, for a new credential when the room is full.
     */
    enter(credential: string, fairnessKey: string): void {
      let account = accounts.get(credential);
      if (account === undefined) {
        const firstIdleAt = accounts.sweepIfDue(isFullFor(fairnessKey));
        if (isFullFor(fairnessKey)) {
          onRefusal();
          throw noRoom(firstIdleAt - now());
        }
        account = accounts.open(credential, fairnessKey);
      }
      account.calls += 1;
    },
    leave(credential: string): void {
      const account = accounts.get(credential);
      if (account === undefined) return;
      account.calls -= 1;
      account.countsUntil = Math.max(account.countsUntil, now() + countedForMs);
      if (idleFrom(account) <= now()) accounts.forget(credential, account);
    },
    /** Remembers the account while the upstream blocks its credential. A shorter block never ends a longer one. */
    block(credential: string, forMs: number): void {
      const account = accounts.get(credential);
      if (account !== undefined) account.blockedUntil = Math.max(account.blockedUntil, now() + forMs);
    },
    /** How many accounts are remembered, some of which may be idle by now. */
    count: accounts.count,
  };
}

/** The accounts, and their number by the address that opened them. */
function createAccounts(now: () => number) {
  const accounts = new Map<string, Account>();
  const openedBy = new Map<string, number>();
  let sweepAtCount = fewAccounts;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let firstIdleAt = Number.POSITIVE_INFINITY;

  function forget(credential: string, { fairnessKey }: Account): void {
    accounts.delete(credential);
    const others = (openedBy.get(fairnessKey) ?? 0) - 1;
    if (others > 0) openedBy.set(fairnessKey, others);
    else openedBy.delete(fairnessKey);
  }

  function sweep(): void {
    sweptAt = now();
    firstIdleAt = Number.POSITIVE_INFINITY;
    for (const [credential, account] of accounts) {
      const idleAt = idleFrom(account);
      if (idleAt <= now()) forget(credential, account);
      else firstIdleAt = Math.min(firstIdleAt, idleAt);
    }
    sweepAtCount = Math.max(fewAccounts, 2 * accounts.size);
  }

  return {
    open(credential: string, fairnessKey: string): Account {
      const account = { fairnessKey, calls: 0, countsUntil: 0, blockedUntil: 0 };
      accounts.set(credential, account);
      openedBy.set(fairnessKey, (openedBy.get(fairnessKey) ?? 0) + 1);
      return account;
    },
    forget,
    get: (credential: string) => accounts.get(credential),
    count: () => accounts.size,
    countOf: (fairnessKey: string) => openedBy.get(fairnessKey) ?? 0,
    /**
     * Forgets idle accounts if their number has doubled since the last sweep, or the room is full. Returns when the
     * next account may be idle.
     */
    sweepIfDue(isFull: boolean): number {
      if (accounts.size >= sweepAtCount || (isFull && now() >= sweptAt + sweepPauseMs)) sweep();
      return firstIdleAt;
    },
  };
}

/** From when on an account may be forgotten; never while a call is in flight. */
function idleFrom({ calls, countsUntil, blockedUntil }: Account): number {
  return calls > 0 ? Number.POSITIVE_INFINITY : Math.max(countsUntil, blockedUntil);
}

function noRoom(waitMs: number): CallFailure {
  const retryAfter = Number.isFinite(waitMs) ? wholeSeconds(waitMs) : 1;
  return ownRefusal(
    'RATE_LIMITED',
    `Calls are counted for as many credentials as there is room for, and for no other for ${retryAfter} s.`,
    retryAfter,
  );
}
