/**
 * The pages that a reading of one list has, and what each window knows from them. Knows neither calls nor plans.
 *
 * Each window has a view of its own: all pages, and what its own cursor remembers. A cursor may be older than the list
 * is now. It must not mislead the other windows; where it contradicts a page, the page is right.
 *
 * All pages of an answer are of one person. An identifier can come to mean another person between two calls, when a
 * number is registered anew or customers are merged.
 */
import { GatewayError } from '../../errors.ts';
import type { CustomerDetails, LedgerPage, LedgerWarning, PageAnswer } from '../../upstream/page-request.ts';
import { blockOf, startOf } from './block.ts';
import { addPage, addPlace, createKnownList, type KnownList, totalOf } from './known-list.ts';
import type { Window } from './window.ts';

/** All pages of a reading. `total` is the latest page's; unknown before the first. */
export type ListPages = {
  readonly views: Map<Window, KnownList>;
  total: number | undefined;
  details: CustomerDetails | undefined;
  warnings: LedgerWarning[];
  /** Pages of this request's calls, and pages from the cache, each in the order in which they were added. */
  fetched: LedgerPage[];
  cached: LedgerPage[];
  /** Pages in the cache that no window has needed so far, in the order of the list. */
  unused: readonly LedgerPage[];
};

/** No page yet, only what the cursors remember, and what is in the cache. */
export function createListPages(windows: readonly Window[], answers: readonly PageAnswer[] = []): ListPages {
  const views = new Map(windows.map((window) => [window, viewOf(window)]));
  const found = answers.filter((answer) => answer !== null);
  // Nothing says which page is right when cached pages are of several people.
  const usable = areOfOnePerson(found) ? found : [];
  const unused = usable.sort((a, b) => startOf(blockOf(a)) - startOf(blockOf(b)));
  return { views, total: undefined, details: undefined, warnings: [], fetched: [], cached: [], unused };
}

/** Adds a page from the cache. */
export function addCachedPage(pages: ListPages, page: LedgerPage): void {
  pages.unused = pages.unused.filter((unused) => unused !== page);
  pages.cached.push(page);
  addToViews(pages, page);
}

/**
 * Adds a fetched page, and drops the cached pages when they show another list.
 * @returns false for a page of another person than the first fetched one, with which a window may begin. It is not added.
 */
export function addFetchedPage(pages: ListPages, page: LedgerPage): boolean {
  if (!areOfOnePerson([...pages.fetched.slice(0, 1), page])) return false;
  pages.fetched.push(page);
  if (pages.unused.some((unused) => isAnotherList(unused, page))) pages.unused = [];
  if (pages.cached.some((cached) => isAnotherList(cached, page))) dropCachedPages(pages);
  else addToViews(pages, page);
  return true;
}

/** Whether two pages under one name show different lists: another total, or another person's entries. */
function isAnotherList(one: LedgerPage, other: LedgerPage): boolean {
  return totalOf(one) !== totalOf(other) || !areOfOnePerson([one, other]);
}

/** Anything that says whose it is. */
export type Owned = Pick<LedgerPage, 'details'>;

/** Whether all are of one person, by the `userId` in the details that every page has. True for none. */
export function areOfOnePerson(owned: readonly Owned[]): boolean {
  return owned.every(({ details }) => details.userId === owned[0]?.details.userId);
}

/** The failure of a call, or of a whole list, that shows another person than the answer. A later try may succeed. */
export function anotherPersonError(): GatewayError {
  const message = 'Expected all pages to be of one customer, got one of another under the same identifier';
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message);
}

/** What one window knows before any page: what its cursor remembers. */
export function viewOf({ from }: Window): KnownList {
  const known = createKnownList();
  if (from?.kind === 'entry') addPlace(known, from.place);
  // A gap skips entries by number only where their positions cannot be known: behind a short page.
  if (from?.kind === 'gap' && from.skip > 0) known.hasShortPages = true;
  return known;
}

/** What a window knows when its cursor contradicts the pages: the pages alone. */
function viewWithoutCursor(pages: readonly LedgerPage[]): KnownList {
  const known = createKnownList();
  for (const page of pages) addPage(known, page);
  known.hasChanged = true;
  known.hasShortPages = true;
  known.isCursorBelieved = false;
  return known;
}

function addToViews(pages: ListPages, page: LedgerPage): void {
  pages.total = totalOf(page);
  pages.details ??= page.details;
  addWarnings(pages.warnings, page.warnings);
  for (const [window, known] of pages.views) {
    addPage(known, page);
    if (!known.hasChanged || !known.isCursorBelieved || window.from?.kind !== 'entry') continue;
    pages.views.set(window, viewWithoutCursor([...pages.cached, ...pages.fetched]));
  }
}

function dropCachedPages(pages: ListPages): void {
  const { fetched } = pages;
  Object.assign(pages, { total: undefined, details: undefined, warnings: [], cached: [] });
  for (const window of pages.views.keys()) pages.views.set(window, viewOf(window));
  for (const page of fetched) addToViews(pages, page);
}

/** Warnings that one list shows at most. The bound is against an upstream that sends them without end. */
const mostWarnings = 25;

/** Appends warnings, equal ones once. */
function addWarnings(known: LedgerWarning[], warnings: readonly LedgerWarning[]): void {
  for (const { code, message } of warnings) {
    if (known.length >= mostWarnings) return;
    if (!known.some((one) => one.code === code && one.message === message)) known.push({ code, message });
  }
}
