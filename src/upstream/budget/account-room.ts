/**
 * Which credentials calls are counted for right now, and how many that may be. Knows neither calls nor budgets.
 *
 * In forward mode anybody can make up credentials, and an account must be remembered for as long as its calls count: to
 * forget it sooner would give it a fresh budget. So there is room for so many, and beyond that calls with further
 * credentials are refused. One address may open a quarter of them at most, so made-up credentials take room from
 * callers at the same address alone.
 */

import { ownRefusal } from '../failure.ts';

/** What bounds the room. */
export type AccountRoomOptions = {
  /** Accounts at once; without end unless given. */
  readonly mostAccounts?: number;
  /** How long a call counts after its end, in milliseconds; not at all unless given. */
  readonly countedForMs?: number;
};

/** The room for accounts. */
export type AccountRoom = {
  /**
   * A call begins; `leave` must follow.
   * @throws {GatewayError} RATE_LIMITED, not to be tried again, for a credential that there is no room for.
   */
  readonly enter: (credential: string, fairnessKey: string) => void;
  /** A call has ended. */
  readonly leave: (credential: string) => void;
  /** The upstream takes no more calls of this credential for so long. A shorter stop never ends a longer. */
  readonly stop: (credential: string, forMs: number) => void;
  /** How many accounts are remembered, some of which may be idle by now. */
  readonly count: () => number;
};

type Account = {
  readonly fairnessKey: string;
  calls: number;
  countsUntil: number;
  stoppedUntil: number;
};

/** So many accounts are not worth a look at all of them. */
const fewAccounts = 1000;
/** A full room is looked through once in so many milliseconds: it may take some of them. */
const sweepEachMs = 1000;

/** An empty room. `now` is the monotonic clock in milliseconds. */
export function createAccountRoom(
  { mostAccounts = Number.POSITIVE_INFINITY, countedForMs = 0 }: AccountRoomOptions,
  now: () => number,
): AccountRoom {
  const accounts = createAccounts(now);
  const mostOfOne = Math.ceil(mostAccounts / 4);

  function isFullFor(fairnessKey: string): boolean {
    return accounts.count() >= mostAccounts || accounts.countOf(fairnessKey) >= mostOfOne;
  }

  function makeRoom(fairnessKey: string): void {
    const firstIdleAt = accounts.sweepIfDue(isFullFor(fairnessKey));
    if (isFullFor(fairnessKey)) throw noRoom(firstIdleAt - now());
  }

  return {
    enter(credential, fairnessKey) {
      const known = accounts.get(credential);
      if (known === undefined) makeRoom(fairnessKey);
      (known ?? accounts.open(credential, fairnessKey)).calls += 1;
    },
    leave(credential) {
      const account = accounts.get(credential);
      if (account === undefined) return;
      account.calls -= 1;
      account.countsUntil = Math.max(account.countsUntil, now() + countedForMs);
      if (idleFrom(account) <= now()) accounts.forget(credential, account);
    },
    stop(credential, forMs) {
      const account = accounts.get(credential);
      if (account !== undefined) account.stoppedUntil = Math.max(account.stoppedUntil, now() + forMs);
    },
    count: accounts.count,
  };
}

/** The accounts, and how many each address has opened. */
function createAccounts(now: () => number) {
  const accounts = new Map<string, Account>();
  const openedBy = new Map<string, number>();
  let sweepAtCount = fewAccounts;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let firstIdleAt = Number.POSITIVE_INFINITY;

  function open(credential: string, fairnessKey: string): Account {
    const account = { fairnessKey, calls: 0, countsUntil: 0, stoppedUntil: 0 };
    accounts.set(credential, account);
    openedBy.set(fairnessKey, (openedBy.get(fairnessKey) ?? 0) + 1);
    return account;
  }

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
    open,
    forget,
    get: (credential: string) => accounts.get(credential),
    count: () => accounts.size,
    countOf: (fairnessKey: string) => openedBy.get(fairnessKey) ?? 0,
    /** Forgets idle accounts when many have come since, or the room is full. Gives when the next one is idle. */
    sweepIfDue(isFull: boolean): number {
      if (accounts.size >= sweepAtCount || (isFull && now() >= sweptAt + sweepEachMs)) sweep();
      return firstIdleAt;
    },
  };
}

/** From when on nothing need be remembered of an account; never while a call is under way. */
function idleFrom({ calls, countsUntil, stoppedUntil }: Account): number {
  return calls > 0 ? Number.POSITIVE_INFINITY : Math.max(countsUntil, stoppedUntil);
}

function noRoom(waitMs: number) {
  const retryAfter = Number.isFinite(waitMs) ? Math.max(1, Math.ceil(waitMs / 1000)) : 1;
  return ownRefusal(
    'RATE_LIMITED',
    `Calls are counted for as many credentials as there is room for, and for no other for ${retryAfter} s.`,
    retryAfter,
  );
}
