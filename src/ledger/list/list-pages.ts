/**
 * The pages of one list, and the state of each window. Makes neither calls nor plans.
 *
 * Each window has its own view: all pages, and the block that its own cursor contains. A cursor may be older than the
 * list. It must not mislead other windows. If it contradicts a page, the page is right.
 *
 * All pages of an answer are of one person. Between two calls an identifier can come to mean another person, when a
 * number is registered again or customers are merged.
 */
import { GatewayError } from '../../errors.ts';
import type { CustomerDetails, LedgerPage, LedgerWarning, PageAnswer } from '../../upstream/page-request.ts';
import { added, none } from '../small-list.ts';
import { blockOf, startOf } from './block.ts';
import { addPage, createKnownList, type KnownList, totalOf } from './known-list.ts';
import type { Window } from './window.ts';

/** The state of one window. */
export type WindowState = {
  readonly window: Window;
  /** What the window knows of the list. */
  known: KnownList;
  /** How many calls were made for it, and how many may be; undefined until that matters. */
  calls: number;
  mostCalls: number | undefined;
  /** The failure that ended it before it was filled, if any. */
  ending: GatewayError | undefined;
};

/** The pages of one list. `total` is that of the latest page; undefined before the first page. */
export type ListPages = {
  readonly windows: readonly WindowState[];
  total: number | undefined;
  details: CustomerDetails | undefined;
  warnings: readonly LedgerWarning[];
  /** Pages from calls, and pages from the cache, each in the order in which they were added. */
  fetched: readonly LedgerPage[];
  cached: readonly LedgerPage[];
  /** Pages from the cache that no window has needed so far, in the order of the list. */
  unused: readonly LedgerPage[];
};

/** Starts without pages. `answers` are those in the cache. */
export function createListPages(windows: readonly Window[], answers: readonly PageAnswer[]): ListPages {
  return {
    windows: windows.map(stateOf),
    total: undefined,
    details: undefined,
    warnings: none,
    fetched: none,
    cached: none,
    unused: answers.length === 0 ? none : usablePages(answers),
  };
}

function stateOf(window: Window): WindowState {
  return { window, known: viewOf(window), calls: 0, mostCalls: undefined, ending: undefined };
}

/** The cached pages, in the order of the list. If they are of several people, nothing says which are right: then none. */
function usablePages(answers: readonly PageAnswer[]): readonly LedgerPage[] {
  const found = answers.filter((answer) => answer !== null);
  if (!found.every((page) => isSamePerson(page, found[0] ?? page))) return none;
  return found.sort((a, b) => startOf(blockOf(a)) - startOf(blockOf(b)));
}

/** Adds a page from the cache. */
export function addCachedPage(pages: ListPages, page: LedgerPage): void {
  pages.unused = pages.unused.filter((unused) => unused !== page);
  pages.cached = added(pages.cached, page);
  addToViews(pages, page);
}

/**
 * Adds a fetched page. Drops the cached pages if they are of another state of the list.
 * @returns false for a page of another person than the first fetched page. It is not added.
 */
export function addFetchedPage(pages: ListPages, page: LedgerPage): boolean {
  if (!isSamePerson(page, pages.fetched[0] ?? page)) return false;
  pages.fetched = added(pages.fetched, page);
  if (hasOtherState(pages.unused, page)) pages.unused = none;
  if (hasOtherState(pages.cached, page)) dropCachedPages(pages);
  else addToViews(pages, page);
  return true;
}

/** Whether any page is of another state of the list than `page`: it has another total or is of another person. */
function hasOtherState(pages: readonly LedgerPage[], page: LedgerPage): boolean {
  for (const one of pages) if (totalOf(one) !== totalOf(page) || !isSamePerson(one, page)) return true;
  return false;
}

type WithDetails = Readonly<Pick<ListPages, 'details'>>;

/** Whether two have details of one person, by `userId`. True if either has none. */
export function isSamePerson({ details: one }: WithDetails, { details: other }: WithDetails): boolean {
  return one === undefined || other === undefined || one.userId === other.userId;
}

/** The error of a page or list of another person than the rest of the answer. A later try may succeed. */
export function anotherPersonError(): GatewayError {
  const message = 'Expected all pages to be of one customer, got one of another under the same identifier';
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message);
}

/** What a window knows before any page: the block in its cursor. */
function viewOf({ from }: Window): KnownList {
  const known = createKnownList(from?.kind === 'entry' ? from : undefined);
  // A gap skips a number of entries only after a short page, where positions are unknown.
  if (from?.kind === 'gap' && from.skip > 0) known.hasShortPages = true;
  return known;
}

function addToViews(pages: ListPages, page: LedgerPage): void {
  pages.total = totalOf(page);
  pages.details ??= page.details;
  for (const warning of page.warnings) addWarning(pages, warning);
  for (const { known } of pages.windows) addPage(known, page);
}

function dropCachedPages(pages: ListPages): void {
  const { fetched } = pages;
  Object.assign(pages, { total: undefined, details: undefined, warnings: none, cached: none });
  for (const state of pages.windows) state.known = viewOf(state.window);
  for (const page of fetched) addToViews(pages, page);
}

/** Most warnings of one list, in case the upstream sends very many. */
const mostWarnings = 25;

/** Adds a warning that is not there yet. */
function addWarning(pages: ListPages, { code, message }: LedgerWarning): void {
  if (pages.warnings.length >= mostWarnings) return;
  if (pages.warnings.some((one) => one.code === code && one.message === message)) return;
  pages.warnings = added(pages.warnings, { code, message });
}
