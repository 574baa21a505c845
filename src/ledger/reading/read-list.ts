/**
 * Reads one list: makes the calls that its windows need, round by round, until every window is filled or has
 * ended. Which calls, `plan.ts` says; what to make of the outcome, `connection.ts`.
 */
import { GatewayError } from '../../errors.ts';
import type { LedgerPage, PageAnswer } from '../../upstream/page-request.ts';
import { failureScope } from '../../upstream/rest/refusal.ts';
import { type Block, blockKey, covers, furthestBlock, type Limits, limitsAfter } from '../list/block.ts';
import {
  addFreshPage,
  addKeptPage,
  createListPages,
  isAnotherList,
  type ListPages,
} from '../list/list-pages.ts';
import { type Plan, planBlocks } from '../list/plan.ts';
import { type Need, type Reach, reachOf } from '../list/reach.ts';
import { anotherPerson, areOfOnePerson } from '../list/same-person.ts';
import type { Window } from '../list/window.ts';
import type { ListSource } from '../source/page-source.ts';
import { type CallShare, tooExpensive } from './call-allowance.ts';
import { type CallBounds, createCallBounds } from './call-bounds.ts';

/** What to read of one list, and how. No windows: any one page, for the customer's details. */
export type ListRequest = {
  readonly source: ListSource;
  readonly windows: readonly Window[];
  readonly limits: Limits;
  readonly share: CallShare;
  readonly maxCalls: number;
  readonly signal: AbortSignal;
};

/** What the reading of a list has found out. */
export type ListReading = {
  readonly pages: ListPages;
  /** Set when the customer as such was refused, whatever the list. */
  readonly customerFailure: GatewayError | 'NO_SUCH_CUSTOMER' | undefined;
  /** The first failure of any call. */
  readonly failure: GatewayError | undefined;
  /** The windows that could not be filled, each with what stopped it. */
  readonly endings: ReadonlyMap<Window, GatewayError>;
  /** How many kept answers served. */
  readonly keptAnswers: number;
};

/** The state of a reading: which pages it has, which it could still recall, what was asked, what has failed. */
type Progress = {
  readonly pages: ListPages;
  recallable: readonly LedgerPage[];
  readonly asked: Set<string>;
  readonly failures: { readonly block: Block; readonly error: GatewayError }[];
  readonly endings: Map<Window, GatewayError>;
  readonly bounds: CallBounds;
  limits: Limits;
  customerFailure: GatewayError | 'NO_SUCH_CUSTOMER' | undefined;
};

/** Reads until every window is filled or ended. Never rejects: failures are part of the reading. */
export async function readList(request: ListRequest): Promise<ListReading> {
  const looked = request.source.kept();
  // Awaited only when it must be: all that is asked for in one turn should be planned in one turn.
  const kept = looked instanceof Promise ? await looked : looked;
  const progress: Progress = {
    pages: createListPages(request.windows),
    recallable: recallableOf(kept),
    asked: new Set(),
    failures: [],
    endings: new Map(),
    bounds: createCallBounds(request.windows, request.limits),
    limits: request.limits,
    customerFailure: kept.includes(null) ? 'NO_SUCH_CUSTOMER' : undefined,
  };
  let plan = nextPlan(progress, request);
  while (plan.calls.length + plan.joins.length > 0 && progress.customerFailure === undefined) {
    await runRound(progress, request, plan);
    endFailedWindows(progress, request.windows);
    endSpentWindows(progress, request.windows);
    plan = nextPlan(progress, request);
  }
  endStuckWindows(progress, request.windows);
  request.share.release();
  const { pages, customerFailure, failures, endings } = progress;
  const keptAnswers = kept.includes(null) ? 1 : pages.kept.length;
  return { pages, customerFailure, failure: failures[0]?.error, endings, keptAnswers };
}

/** The kept pages in order; none when they are of several people, for nothing tells who is right. */
function recallableOf(kept: readonly PageAnswer[]): LedgerPage[] {
  const pages = kept.filter((answer) => answer !== null);
  return areOfOnePerson(pages) ? pages.sort((a, b) => startOfPage(a) - startOfPage(b)) : [];
}

/**
 * The next round, never with a block that was asked for before. Before the total is known there is one block
 * only: it is part of every plan, and what else is needed depends on what it brings.
 */
function nextPlan(progress: Progress, { source, windows }: ListRequest): Plan {
  recallServing(progress, windows);
  const { pages, asked, limits } = progress;
  const isNew = (block: Block) => !asked.has(blockKey(block));
  const open = openWindows(progress, windows);
  if (open.length === 0 && (windows.length > 0 || pages.total !== undefined)) return { calls: [], joins: [] };
  const underWay = source.underWay().filter(isNew);
  const { calls, joins } = planBlocks(reachesOf(progress, open), limits, underWay);
  const plan = { calls: calls.filter(isNew), joins };
  if (pages.total !== undefined) return plan;
  return firstBlock(plan, underWay, [furthestBlock(0, limits)].filter(isNew));
}

/**
 * Takes in the kept pages that serve: those that hold a position which a window needs, and one if only what every
 * page tells is needed. Others stay out, for a short page far away would make this reading careful without need.
 */
function recallServing(progress: Progress, windows: readonly Window[]): void {
  while (progress.recallable.length > 0) {
    const open = openWindows(progress, windows);
    const needs = reachesOf(progress, open).flatMap((reach) => reach.needs);
    const isAnyWanted = progress.pages.total === undefined && (open.length > 0 || windows.length === 0);
    const serving = progress.recallable.find((page) => needs.some((need) => holds(page, need)));
    const recalled = serving ?? (isAnyWanted ? progress.recallable[0] : undefined);
    if (recalled === undefined) return;
    progress.recallable = progress.recallable.filter((page) => page !== recalled);
    addKeptPage(progress.pages, recalled);
  }
}

function startOfPage({ pageNumber, pageSize }: LedgerPage): number {
  return pageNumber * pageSize;
}

function holds(page: LedgerPage, { from, to }: Need): boolean {
  const start = startOfPage(page);
  return start < Math.max(from, to) && start + page.pageSize > Math.min(from, to);
}

/** Where each of some windows stands; those that hang on the total are left out while that is unknown. */
function reachesOf({ pages }: Progress, windows: readonly Window[]): Reach[] {
  return windows.flatMap((window) => {
    const known = pages.views.get(window);
    return known === undefined || window.size === 0 ? [] : (reachOf(known, window) ?? []);
  });
}

/** One block of a plan; if there is none any page will do, best one that is under way. */
function firstBlock({ calls, joins }: Plan, underWay: readonly Block[], first: readonly Block[]): Plan {
  if (joins.length > 0) return { calls: [], joins: joins.slice(0, 1) };
  if (calls.length > 0) return { calls: calls.slice(0, 1), joins: [] };
  return underWay.length > 0 ? { calls: [], joins: underWay.slice(0, 1) } : { calls: first, joins: [] };
}

/** Waits for all blocks of one round, side by side, and takes them in in order. */
async function runRound(progress: Progress, request: ListRequest, plan: Plan): Promise<void> {
  const open = openWindows(progress, request.windows);
  const reaches = new Map(open.map((window) => [window, reachesOf(progress, [window])[0]]));
  const calls = progress.bounds.take(plan.calls, reaches);
  const granted = calls.slice(0, request.share.take(calls.length));
  const blocks = [...plan.joins, ...granted];
  const answers = await Promise.allSettled(
    blocks.map((block) => request.source.fetch(block, request.signal)),
  );
  for (const [index, block] of blocks.entries()) {
    const answer = answers[index];
    progress.asked.add(blockKey(block));
    if (answer?.status === 'rejected') takeFailure(progress, block, answer.reason);
    else if (answer?.value) takePage(progress, block, answer.value);
    else progress.customerFailure ??= 'NO_SUCH_CUSTOMER';
  }
  for (const block of calls.slice(granted.length)) {
    progress.asked.add(blockKey(block));
    const error = tooExpensive(request.maxCalls + calls.length - granted.length, request.maxCalls);
    takeFailure(progress, block, error);
  }
}

/**
 * Takes in a page. All pages that were called for are of the person that the first one told, whose entries a window
 * may begin with: a later page of another person is as good as none.
 */
function takePage(progress: Progress, block: Block, page: LedgerPage): void {
  if (!areOfOnePerson([...progress.pages.fresh.slice(0, 1), page])) {
    takeFailure(progress, block, anotherPerson());
    return;
  }
  // What was kept of a list that is no more must not come back.
  if (progress.recallable.some((kept) => isAnotherList(kept, page))) progress.recallable = [];
  addFreshPage(progress.pages, page);
  progress.limits = limitsAfter(progress.limits, block.limit, page.pageSize);
}

function takeFailure(progress: Progress, block: Block, reason: unknown): void {
  const error =
    reason instanceof GatewayError
      ? reason
      : new GatewayError('INTERNAL_SERVER_ERROR', 'Unexpected failure', { cause: reason });
  progress.failures.push({ block, error });
  if (failureScope(error) === 'customer') progress.customerFailure ??= error;
}

/** The windows that still lack something and have not ended. */
function openWindows(progress: Progress, windows: readonly Window[]): Window[] {
  return windows.filter((window) => {
    if (progress.endings.has(window)) return false;
    if (progress.pages.total === undefined) return true;
    return reachesOf(progress, [window]).some(({ needs }) => needs.length > 0);
  });
}

/** Failures after which no other page of the list would come either: they are the caller's, not the page's. */
const hopelessCodes: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UPSTREAM_UNAUTHORIZED',
]);

/** A window ends where a call for the position next to what it has has failed; all end when no call can succeed. */
function endFailedWindows(progress: Progress, windows: readonly Window[]): void {
  const hopeless = progress.failures.find(
    ({ error }) => hopelessCodes.has(error.code) || failureScope(error) === 'filter',
  );
  for (const window of openWindows(progress, windows)) {
    const needs = reachesOf(progress, [window]).flatMap((reach) => reach.needs);
    const failure = progress.failures.find(({ block }) =>
      needs.some(({ from, to }) => covers(block, from < to ? from : from - 1)),
    );
    const stop = failure ?? hopeless;
    if (stop !== undefined) progress.endings.set(window, stop.error);
  }
}

/** A window ends when it has made as many calls as one window may. */
function endSpentWindows(progress: Progress, windows: readonly Window[]): void {
  for (const window of openWindows(progress, windows)) {
    const error = progress.bounds.endingOf(window);
    if (error !== undefined) progress.endings.set(window, error);
  }
}

/**
 * What is still open when there is nothing left to ask: a list that changed between its pages, or an upstream that
 * gives other pages than asked for.
 */
function endStuckWindows(progress: Progress, windows: readonly Window[]): void {
  for (const window of openWindows(progress, windows)) {
    const error =
      progress.failures[0]?.error ??
      new GatewayError('UPSTREAM_BAD_RESPONSE', 'The pages that the upstream gave do not fit together');
    progress.endings.set(window, error);
  }
}
