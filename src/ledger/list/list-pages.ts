/**
 * The pages that a reading of one list has, and what each window makes of them. Knows neither calls nor plans.
 *
 * Each window has a view of its own: all pages, and what its own cursor remembers. A cursor may be older than the
 * list is now, and must not mislead the windows beside it; where it contradicts a page, the page is right.
 */
import type { CustomerDetails, LedgerPage, LedgerWarning } from '../../upstream/page-request.ts';
import { createKnownList, type KnownList, learnPage, learnPlace, totalOf } from './known-list.ts';
import { areOfOnePerson } from './same-person.ts';
import type { Window } from './window.ts';

/** All pages of a reading, of one person. `total` is the latest page's; unknown before the first. */
export type ListPages = {
  readonly views: Map<Window, KnownList>;
  total: number | undefined;
  details: CustomerDetails | undefined;
  warnings: LedgerWarning[];
  /** Pages that were called for, and pages from before, each in the order in which they were added. */
  fresh: LedgerPage[];
  kept: LedgerPage[];
};

/** No page yet; only what the cursors remember. */
export function createListPages(windows: readonly Window[]): ListPages {
  const views = new Map(windows.map((window) => [window, viewOf(window)]));
  return { views, total: undefined, details: undefined, warnings: [], fresh: [], kept: [] };
}

/** Adds a page that was kept from before. */
export function addKeptPage(pages: ListPages, page: LedgerPage): void {
  pages.kept.push(page);
  addPage(pages, page);
}

/**
 * Adds a page that was called for, of the same person as those before. If the kept ones are of another list, that is
 * no more: they are forgotten.
 */
export function addFreshPage(pages: ListPages, page: LedgerPage): void {
  const isKeptNoMore = pages.kept.some((kept) => isAnotherList(kept, page));
  pages.fresh.push(page);
  if (isKeptNoMore) forgetKept(pages);
  else addPage(pages, page);
}

/** Whether two pages under one name show different lists: they count another total, or are another person's. */
export function isAnotherList(one: LedgerPage, other: LedgerPage): boolean {
  return totalOf(one) !== totalOf(other) || !areOfOnePerson([one, other]);
}

/** A list as one window sees it before any page has come: by what its cursor remembers. */
export function viewOf({ from }: Window): KnownList {
  const known = createKnownList();
  if (from?.kind === 'entry') learnPlace(known, from.place);
  // Entries are skipped by number only where their positions cannot be known: behind a short page.
  if (from?.kind === 'gap' && from.skip > 0) known.hasShortPages = true;
  return known;
}

/** The same when the cursor contradicts the pages: by the pages alone, which are right. */
function viewWithoutCursor(pages: readonly LedgerPage[]): KnownList {
  const known = createKnownList();
  for (const page of pages) learnPage(known, page);
  known.hasChanged = true;
  known.hasShortPages = true;
  known.isCursorBelieved = false;
  return known;
}

function addPage(pages: ListPages, page: LedgerPage): void {
  pages.total = totalOf(page);
  pages.details ??= page.details;
  learnWarnings(pages.warnings, page.warnings);
  for (const [window, known] of pages.views) {
    learnPage(known, page);
    if (!known.hasChanged || !known.isCursorBelieved || window.from?.kind !== 'entry') continue;
    pages.views.set(window, viewWithoutCursor([...pages.kept, ...pages.fresh]));
  }
}

function forgetKept(pages: ListPages): void {
  const { fresh } = pages;
  const again = createListPages([...pages.views.keys()]);
  Object.assign(pages, { total: undefined, details: undefined, warnings: [], kept: [] });
  for (const [window, view] of again.views) pages.views.set(window, view);
  for (const page of fresh) addPage(pages, page);
}

/** Remarks that one list shows at most: an upstream that sends more says nothing by them. */
const mostWarnings = 25;

/** Appends warnings, equal ones once. */
function learnWarnings(known: LedgerWarning[], warnings: readonly LedgerWarning[]): void {
  for (const { code, message } of warnings) {
    if (known.length >= mostWarnings) return;
    if (!known.some((one) => one.code === code && one.message === message)) known.push({ code, message });
  }
}
