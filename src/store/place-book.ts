/**
 * What one process itself has called for of late, by credential: a budget, or its own part of a shared one, to go on
 * with when it is alone. Counts under any limit; neither waits nor calls.
 */

import type { BudgetReading } from '../upstream/call-budget.ts';
import { type Asked, waitsFor } from './place-waits.ts';

/** A place of one's own: of a call under way, or one that is free again at a moment. */
export type OwnPlace = { readonly id: string; readonly freeAt: number | undefined };

type EndedPlace = OwnPlace & { readonly freeAt: number };

/**
 * Small, for there is one for each credential of the last minute: about 420 bytes with its name and one call.
 *
 * A credential's calls under way, by the ids of their places, those of the ended ones by when they are free, and its block.
 */
type Page = {
  readonly underWay: string[];
  /** Ascending. */
  ended: EndedPlace[];
  /** Places that are being asked for elsewhere: no calls, and perhaps never any. */
  asked: number;
  blockedUntil: number;
  /** The order of what was heard last. */
  heard: number;
  /** Places that others held when that was last told, and until when they can still hold them. */
  others: Held;
  /** Places that nobody may have. */
  withheld: Held;
};

/** So many places, until a moment. */
type Held = { readonly places: number; readonly until: number };

/** Calls of one credential that may count at a time: those in the book, and those of others with them. */
export type PlaceLimits = { readonly own: number; readonly all: number };

/** Tells that a call has ended, or was never sent; one that was given up may still be counted `lateByMs` later. */
export type EndPlace = (wasSent: boolean, lateByMs?: number) => void;

/** The book. */
export type PlaceBook = {
  /** In how many milliseconds each of the next `count` places is free, if there are `limit` in all, or `Infinity`. */
  readonly waitsMs: (credential: string, limit: number, count: number) => readonly number[];
  /**
   * Notes, before others decide on it, that a place is asked for; what it gives notes that they have. Gives nothing if
   * calls and such asks hold `limit` places already: there is no place to ask for until one of these comes to nothing.
   */
  readonly ask: (credential: string, limit: number) => (() => void) | undefined;
  /**
   * Writes a call down, whatever the limit, under an id that no other has. What it gives tells, once, that the call has
   * ended.
   */
  readonly enter: (credential: string, id: string) => EndPlace;
  /** The places of one's own that are not free within `soonMs` milliseconds. */
  readonly held: (credential: string, soonMs: number) => readonly OwnPlace[];
  readonly heldCount: (credential: string, soonMs: number) => number;
  /** In the order in which they were used. */
  readonly credentials: () => readonly string[];
  /** Nothing for so many milliseconds; a shorter block never ends a longer. */
  readonly block: (credential: string, forMs: number) => void;
  /**
   * So many places are taken, those of one's own calls included, and none that is still asked for. Believed for a window:
   * by then those of others may be free. What was asked before, by its `order`, is passed over when it is heard after.
   */
  readonly hear: (credential: string, told: { readonly taken: number; readonly order: number }) => void;
  /**
   * Nothing more will be heard for so long, in milliseconds. Of the places that nobody holds, as far as is known, each
   * of the replicas has an equal part, and what would go beyond that is withheld from `own`.
   */
  readonly withhold: (limits: PlaceLimits, replicas: number, forMs: number) => void;
  /** How all credentials stand under these limits. Its `limit` is that of one's own. */
  readonly read: (limits: PlaceLimits) => BudgetReading;
};

/** An empty book. `now` is a clock in milliseconds that never goes back. */
export function createPlaceBook(now: () => number, windowMs: number): PlaceBook {
  const pages = new Map<string, Page>();
  let turn = pages.entries();

  /** Looks at the next two pages in turn, so that idle ones go faster than new ones come. */
  function dropIdle(): void {
    for (const _ of [1, 2]) {
      const next = turn.next();
      if (next.done) turn = pages.entries();
      else if (isIdle(settle(next.value[1], now()), now())) pages.delete(next.value[0]);
    }
  }

  function pageOf(credential: string): Page {
    const page = pages.get(credential) ?? emptyPage();
    dropIdle();
    pages.delete(credential); // Put back as the one that was used last.
    pages.set(credential, settle(page, now()));
    return page;
  }

  return {
    waitsMs: (credential, limit, count) => waitsOf(pageOf(credential), { limit, count, windowMs }, now()),
    ask(credential, limit) {
      const page = pageOf(credential);
      if (ownPlaces(page) + heldPlaces(page.withheld, now()) + page.asked >= limit) return undefined;
      page.asked += 1;
      return () => {
        page.asked -= 1;
      };
    },
    enter(credential, id) {
      const page = pageOf(credential);
      page.underWay.push(id);
      return (wasSent, lateByMs = 0) => {
        const place = page.underWay.indexOf(id);
        if (place === -1) return;
        page.underWay.splice(place, 1);
        if (wasSent) page.ended = withPlace(page.ended, { id, freeAt: now() + lateByMs + windowMs });
      };
    },
    held: (credential, soonMs) => heldOn(pages.get(credential), now() + soonMs),
    heldCount: (credential, soonMs) => heldCountOn(pages.get(credential), now() + soonMs),
    credentials: () => [...pages.keys()],
    block(credential, forMs) {
      const page = pageOf(credential);
      page.blockedUntil = Math.max(page.blockedUntil, now() + forMs);
    },
    hear(credential, { taken, order }) {
      const page = pageOf(credential);
      if (order < page.heard) return;
      page.heard = order;
      page.others = { places: Math.max(0, taken - ownPlaces(page)), until: now() + windowMs };
    },
    withhold(limits, replicas, forMs) {
      if (!Number.isFinite(limits.all)) return; // Of places without end there is no part, and nothing is left over.
      for (const page of pages.values())
        withholdFrom(settle(page, now()), { limits, replicas, forMs }, now());
    },
    read: (limits) => readingOf([...pages.values()], limits, now()),
  };
}

type Withholding = { readonly limits: PlaceLimits; readonly replicas: number; readonly forMs: number };

function withholdFrom(page: Page, { limits, replicas, forMs }: Withholding, moment: number): void {
  const own = ownPlaces(page);
  const others = heldPlaces(page.others, moment);
  if (own + others === 0) return; // Nothing is known but that a place was asked for: the share it is.
  const free = Math.max(0, limits.all - own - others);
  const places = Math.max(0, limits.own - own - Math.floor(free / replicas));
  // What was withheld before still is: others may have noticed nothing, and taken what was left to them then.
  const before = heldPlaces(page.withheld, moment);
  page.withheld = { places: Math.max(before, places), until: moment + forMs };
}

function emptyPage(): Page {
  return { underWay: [], ended: [], asked: 0, heard: 0, blockedUntil: longAgo, others: none, withheld: none };
}

const longAgo = Number.NEGATIVE_INFINITY;
const none: Held = { places: 0, until: longAgo };

/** From the end, where nearly all belong. The first one gets an array of its own size. */
function withPlace(places: EndedPlace[], place: EndedPlace): EndedPlace[] {
  if (places.length === 0) return [place];
  const before = places.findLastIndex(({ freeAt }) => freeAt <= place.freeAt);
  places.splice(before + 1, 0, place);
  return places;
}

function settle(page: Page, moment: number): Page {
  page.ended.splice(0, countFree(page.ended, moment));
  return page;
}

/** The places of one's own that are not free at that moment. */
function heldOn({ underWay, ended }: Page = emptyPage(), moment: number): readonly OwnPlace[] {
  const underWayStill = underWay.map((id) => ({ id, freeAt: undefined }));
  return [...underWayStill, ...ended.slice(countFree(ended, moment))];
}

function heldCountOn({ underWay, ended }: Page = emptyPage(), moment: number): number {
  return underWay.length + ended.length - countFree(ended, moment);
}

/** Of places in the order in which they come free, how many are free at a moment. */
function countFree(ended: readonly EndedPlace[], moment: number): number {
  const firstTaken = ended.findIndex(({ freeAt }) => freeAt > moment);
  return firstTaken === -1 ? ended.length : firstTaken;
}

function isIdle(page: Page, moment: number): boolean {
  const held = heldPlaces(page.others, moment) + heldPlaces(page.withheld, moment);
  return ownPlaces(page) + page.asked + held === 0 && page.blockedUntil <= moment;
}

function ownPlaces({ underWay, ended }: Page): number {
  return underWay.length + ended.length;
}

function heldPlaces({ places, until }: Held, moment: number): number {
  return until > moment ? places : 0;
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
  const ownLeft = own - taken - heldPlaces(page.withheld, moment);
  return Math.max(0, Math.min(ownLeft, all - taken - heldPlaces(page.others, moment)));
}

function waitsOf(page: Page, asked: Asked, moment: number): readonly number[] {
  const taken = takenWaits(page, asked.windowMs, moment);
  const blockedMs = page.blockedUntil - moment;
  return waitsFor(taken.wait, { ...asked, taken: taken.count, blockedMs });
}

/** The waits until the places that are taken are free, by their order. */
function takenWaits(page: Page, windowMs: number, moment: number) {
  const { withheld } = page;
  const own = ownPlaces(page);
  const ownWait = (index: number): number => {
    const place = page.ended[index];
    return place === undefined ? windowMs : place.freeAt - moment;
  };
  const withheldCount = heldPlaces(withheld, moment);
  if (withheldCount === 0) return { count: own, wait: ownWait };
  // Rare, for a window after Redis is lost: then it may cost a sort.
  const waits = [
    ...Array.from({ length: own }, (_, index) => ownWait(index)),
    ...Array.from({ length: withheldCount }, () => withheld.until - moment),
  ].sort((a, b) => a - b);
  return { count: waits.length, wait: (index: number) => waits[index] ?? windowMs };
}
