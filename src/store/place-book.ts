/**
 * What one process itself has called for of late, by credential: a budget, or its own part of a shared one, to go on
 * with when it is alone. Counts under any limit; neither waits nor calls.
 */

import type { BudgetReading } from '../upstream/call-budget.ts';

/** A credential's calls under way, when the places of the ended ones are free again, ascending, and its block. */
type Page = {
  underWay: number;
  readonly freeAt: number[];
  blockedUntil: number;
  /** Places that others held when that was last told, and until when they can still hold them. */
  others: { readonly places: number; readonly until: number };
};

/** Calls of one credential that may count at a time: those in the book, and those of others with them. */
export type PlaceLimits = { readonly own: number; readonly all: number };

/** The book. */
export type PlaceBook = {
  /** In how many milliseconds each of the next `count` places is free, if there are `limit` in all, or `Infinity`. */
  readonly waitsMs: (credential: string, limit: number, count: number) => readonly number[];
  /** Writes a call down, whatever the limit. What it gives tells, once, that the call has ended. */
  readonly enter: (credential: string) => (wasSent: boolean) => void;
  /** Nothing for so many milliseconds; a shorter block never ends a longer. */
  readonly block: (credential: string, forMs: number) => void;
  /** So many places are taken, one's own included. Believed for a window: by then those of others may be free. */
  readonly hear: (credential: string, taken: number) => void;
  /** How all credentials stand under these limits. Its `limit` is that of one's own. */
  readonly read: (limits: PlaceLimits) => BudgetReading;
};

/** An empty book. `now` is a clock in milliseconds that never goes back. */
export function createPlaceBook(now: () => number, windowMs: number): PlaceBook {
  const pages = new Map<string, Page>();

  function pageOf(credential: string): Page {
    const page = pages.get(credential) ?? emptyPage();
    pages.delete(credential); // Put back as the newest: the oldest is looked at first when room is made.
    dropIdle(pages, now());
    pages.set(credential, settle(page, now()));
    return page;
  }

  return {
    waitsMs: (credential, limit, count) => waitsOf(pageOf(credential), { limit, count, windowMs }, now()),
    enter(credential) {
      const page = pageOf(credential);
      page.underWay += 1;
      let isEnded = false;
      return (wasSent) => {
        if (isEnded) return;
        isEnded = true;
        page.underWay -= 1;
        if (wasSent) page.freeAt.push(now() + windowMs);
      };
    },
    block(credential, forMs) {
      const page = pageOf(credential);
      page.blockedUntil = Math.max(page.blockedUntil, now() + forMs);
    },
    hear(credential, taken) {
      const page = pageOf(credential);
      page.others = { places: Math.max(0, taken - ownPlaces(page)), until: now() + windowMs };
    },
    read: (limits) => readingOf([...pages.values()], limits, now()),
  };
}

function emptyPage(): Page {
  const longAgo = Number.NEGATIVE_INFINITY;
  return { underWay: 0, freeAt: [], blockedUntil: longAgo, others: { places: 0, until: longAgo } };
}

function settle(page: Page, moment: number): Page {
  const stillTaken = page.freeAt.findIndex((freeAt) => freeAt > moment);
  page.freeAt.splice(0, stillTaken === -1 ? page.freeAt.length : stillTaken);
  return page;
}

/** Looks at two pages each time, so that idle ones go faster than new ones come. */
function dropIdle(pages: Map<string, Page>, moment: number): void {
  for (const _ of [1, 2]) {
    const [oldest] = pages;
    if (oldest === undefined) return;
    const [credential, page] = oldest;
    pages.delete(credential);
    if (!isIdle(settle(page, moment), moment)) pages.set(credential, page);
  }
}

function isIdle(page: Page, moment: number): boolean {
  return ownPlaces(page) + othersPlaces(page, moment) === 0 && page.blockedUntil <= moment;
}

function ownPlaces({ underWay, freeAt }: Page): number {
  return underWay + freeAt.length;
}

function othersPlaces({ others }: Page, moment: number): number {
  return others.until > moment ? others.places : 0;
}

/** Looks at every page, of which there are no more than credentials in the last window. */
function readingOf(pages: readonly Page[], limits: PlaceLimits, moment: number): BudgetReading {
  const credentials = { free: 0, spent: 0, blocked: 0 };
  let fewest = limits.own;
  for (const page of pages) {
    if (isIdle(settle(page, moment), moment)) continue;
    const isBlocked = page.blockedUntil > moment;
    const left = isBlocked ? 0 : leftOn(page, limits, moment);
    credentials[isBlocked ? 'blocked' : left === 0 ? 'spent' : 'free'] += 1;
    fewest = Math.min(fewest, left);
  }
  return { limit: limits.own, left: fewest, credentials };
}

function leftOn(page: Page, { own, all }: PlaceLimits, moment: number): number {
  const taken = ownPlaces(page);
  return Math.max(0, Math.min(own - taken, all - taken - othersPlaces(page, moment)));
}

type Asked = { readonly limit: number; readonly count: number; readonly windowMs: number };

function waitsOf(page: Page, asked: Asked, moment: number): readonly number[] {
  const { freeAt, blockedUntil } = page;
  const takenWaitMs = (index: number) => {
    const free = freeAt[index];
    return free === undefined ? asked.windowMs : free - moment;
  };
  return waitsFor(takenWaitMs, { ...asked, taken: ownPlaces(page), blockedMs: blockedUntil - moment });
}

/**
 * The waits of the next places, in milliseconds, ascending, from those of the `taken` ones, which `takenWaitMs` tells
 * from the soonest on. Places beyond the limit free a whole window after those before them.
 */
export function waitsFor(
  takenWaitMs: (index: number) => number,
  {
    limit,
    count,
    windowMs,
    taken,
    blockedMs,
  }: Asked & { readonly taken: number; readonly blockedMs: number },
): readonly number[] {
  const waitOf = (index: number): number => {
    if (index >= limit) return waitOf(index - limit) + windowMs;
    return index < limit - taken ? 0 : takenWaitMs(index - limit + taken);
  };
  return Array.from({ length: count }, (_, index) => Math.max(waitOf(index), blockedMs, 0));
}
