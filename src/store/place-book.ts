/**
 * What one replica itself has called for of late, by credential: its own part of a shared budget, to go on with when
 * it is alone. Counts under any limit; neither waits nor calls.
 */

/** A credential's calls under way, when the places of the ended ones are free again, ascending, and its block. */
type Page = { underWay: number; readonly freeAt: number[]; blockedUntil: number };

/** The book. */
export type PlaceBook = {
  /** In how many milliseconds each of the next `count` places is free, if there are `limit` in all. */
  readonly waitsMs: (credential: string, limit: number, count: number) => readonly number[];
  /** Writes a call down, whatever the limit. What it gives tells, once, that the call has ended. */
  readonly enter: (credential: string) => (wasSent: boolean) => void;
  /** Nothing for so many milliseconds; a shorter block never ends a longer. */
  readonly block: (credential: string, forMs: number) => void;
};

/** An empty book. `now` is a clock in milliseconds that never goes back. */
export function createPlaceBook(now: () => number, windowMs: number): PlaceBook {
  const pages = new Map<string, Page>();

  function pageOf(credential: string): Page {
    const page = pages.get(credential) ?? { underWay: 0, freeAt: [], blockedUntil: Number.NEGATIVE_INFINITY };
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
  };
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
    const { underWay, freeAt, blockedUntil } = settle(page, moment);
    if (underWay > 0 || freeAt.length > 0 || blockedUntil > moment) pages.set(credential, page);
  }
}

type Asked = { readonly limit: number; readonly count: number; readonly windowMs: number };

function waitsOf({ underWay, freeAt, blockedUntil }: Page, asked: Asked, moment: number): readonly number[] {
  const takenWaitMs = (index: number) => {
    const free = freeAt[index];
    return free === undefined ? asked.windowMs : free - moment;
  };
  const taken = freeAt.length + underWay;
  return waitsFor(takenWaitMs, { ...asked, taken, blockedMs: blockedUntil - moment });
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
