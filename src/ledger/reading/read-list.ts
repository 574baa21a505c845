/**
 * Reads one list in rounds of calls, until every window is filled or has ended. `plan.ts` plans the calls of a round, and
 * `connection.ts` turns the pages into connections.
 */
import { GatewayError } from '../../errors.ts';
import type { LedgerPage } from '../../upstream/page-request.ts';
import { failureScope } from '../../upstream/rest/refusal.ts';
import type { Signal } from '../../upstream/signal.ts';
import {
  type Block,
  blockKey,
  blockOf,
  covers,
  furthestBlock,
  type Limits,
  limitsAfter,
} from '../list/block.ts';
import {
  addCachedPage,
  addFetchedPage,
  anotherPersonError,
  createListPages,
  type ListPages,
} from '../list/list-pages.ts';
import { type Plan, planBlocks } from '../list/plan.ts';
import { type OpenWindows, openWindows, serves } from '../list/reach.ts';
import type { Window } from '../list/window.ts';
import type { ListSource } from '../source/page-source.ts';
import { createWindowBounds, type Reservation, type WindowBounds } from './call-limits.ts';

/** What to read of one list, and how. Without windows it reads any one page, for the customer's details. */
export type ListRequest = {
  readonly source: ListSource;
  readonly windows: readonly Window[];
  readonly limits: Limits;
  readonly calls: Reservation;
  readonly signal: Signal;
};

/** The outcome of reading a list. */
export type ListReading = {
  readonly pages: ListPages;
  /** Set if the customer itself was refused, not only this list. */
  readonly customerFailure: GatewayError | 'NO_SUCH_CUSTOMER' | undefined;
  /** The first failure of any call. */
  readonly failure: GatewayError | undefined;
  /** The windows that ended before they were filled, each with its failure. */
  readonly endings: ReadonlyMap<Window, GatewayError>;
  /** How many cached answers were used. */
  readonly cachedAnswers: number;
};

/** The state of reading a list. `asked` has the keys of the blocks that were asked for. */
type Progress = {
  readonly request: ListRequest;
  readonly pages: ListPages;
  readonly asked: Set<string>;
  readonly failures: { readonly block: Block; readonly error: GatewayError }[];
  readonly endings: Map<Window, GatewayError>;
  readonly bounds: WindowBounds;
  limits: Limits;
  customerFailure: ListReading['customerFailure'];
};

/** Reads a list. Never rejects: failures are part of the outcome. */
export async function readList(request: ListRequest): Promise<ListReading> {
  const cached = request.source.cached();
  // Not awaited without need: if all lists are planned in the same turn, they find each other's calls in flight.
  const answers = cached instanceof Promise ? await cached : cached;
  const isKnownAbsent = answers.includes(null);
  const { windows, limits, calls } = request;
  const progress: Progress = {
    request,
    limits,
    pages: createListPages(windows, answers),
    asked: new Set(),
    failures: [],
    endings: new Map(),
    bounds: createWindowBounds(limits),
    customerFailure: isKnownAbsent ? 'NO_SUCH_CUSTOMER' : undefined,
  };
  while (progress.customerFailure === undefined) {
    const open = windowsToFill(progress);
    const plan = nextPlan(progress, open);
    if (plan.calls.length + plan.joins.length === 0) {
      endStuckWindows(progress, open);
      break;
    }
    await runRound(progress, open, plan);
  }
  calls.release();
  const { pages, customerFailure, failures, endings } = progress;
  const cachedAnswers = isKnownAbsent ? 1 : pages.cached.length;
  return { pages, customerFailure, failure: failures[0]?.error, endings, cachedAnswers };
}

/**
 * Ends the windows that cannot be filled, and adds the cached pages that the others need.
 * @returns the windows that are still open.
 */
function windowsToFill(progress: Progress): OpenWindows {
  for (;;) {
    const open = openWindows(progress.pages, progress.endings);
    endWindows(progress, open);
    const page = cachedPageFor(progress, open);
    if (page === undefined) return open;
    addCachedPage(progress.pages, page);
  }
}

/**
 * A cached page with a position that a window needs, or any page if any one is enough. Others stay unused, because a
 * short page elsewhere in the list would cost more calls (`hasShortPages`).
 */
function cachedPageFor({ pages, request: { windows } }: Progress, open: OpenWindows): LedgerPage | undefined {
  if (pages.unused.length === 0) return undefined;
  const needs = [...open.values()].flatMap((reach) => reach?.needs ?? []);
  const needsAny = pages.total === undefined && (open.size > 0 || windows.length === 0);
  return (
    pages.unused.find((unused) => needs.some((need) => serves(blockOf(unused), need))) ??
    (needsAny ? pages.unused[0] : undefined)
  );
}

/**
 * The calls of the next round. A block is never asked for twice. Before the total is known, a round has one block. That
 * block is part of every plan, and its page decides what else is needed.
 */
function nextPlan({ pages, asked, limits, request: { windows, source } }: Progress, open: OpenWindows): Plan {
  if (open.size === 0 && (windows.length > 0 || pages.total !== undefined)) return { calls: [], joins: [] };
  const isNew = (block: Block) => !asked.has(blockKey(block));
  const inFlight = source.inFlight().filter(isNew);
  const reaches = [...open.values()].flatMap((reach) => reach ?? []);
  const plan = planBlocks(reaches, limits, inFlight);
  const calls = plan.calls.filter(isNew);
  if (pages.total !== undefined) return { calls, joins: plan.joins };
  // If the plan has no block yet, any page is enough, preferably one in flight.
  const joins = plan.joins.length + calls.length > 0 ? plan.joins : inFlight;
  if (joins.length > 0) return { calls: [], joins: joins.slice(0, 1) };
  return {
    calls: calls.length > 0 ? calls.slice(0, 1) : [furthestBlock(0, limits)].filter(isNew),
    joins: [],
  };
}

/** Makes the calls of one round in parallel, within the limits, and adds their pages in the order of the plan. */
async function runRound(progress: Progress, open: OpenWindows, { calls, joins }: Plan): Promise<void> {
  const { request, asked, bounds } = progress;
  const bounded = bounds.take(calls, open);
  const granted = request.calls.take(bounded.length);
  const blocks = [...joins, ...bounded.slice(0, granted)];
  const outcomes = await Promise.allSettled(
    blocks.map((block) => request.source.fetch(block, request.signal)),
  );
  for (const [index, block] of blocks.entries()) {
    const outcome = outcomes[index];
    asked.add(blockKey(block));
    if (outcome?.status !== 'fulfilled') addFailure(progress, block, asGatewayError(outcome?.reason));
    else if (outcome.value !== null) addAnswer(progress, block, outcome.value);
    else progress.customerFailure ??= 'NO_SUCH_CUSTOMER';
  }
  for (const block of bounded.slice(granted)) {
    asked.add(blockKey(block));
    addFailure(progress, block, request.calls.refusal(bounded.length - granted));
  }
}

function addAnswer(progress: Progress, block: Block, page: LedgerPage): void {
  if (!addFetchedPage(progress.pages, page)) addFailure(progress, block, anotherPersonError());
  else progress.limits = limitsAfter(progress.limits, block.limit, page.pageSize);
}

function asGatewayError(reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason;
  return new GatewayError('INTERNAL_SERVER_ERROR', 'Unexpected failure', { cause: reason });
}

function addFailure(progress: Progress, block: Block, error: GatewayError): void {
  progress.failures.push({ block, error });
  if (failureScope(error) === 'customer') progress.customerFailure ??= error;
}

/** Failures that concern the caller, so that no call for another page would succeed either. */
const fatalCodes: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'UPSTREAM_UNAUTHORIZED',
]);

/**
 * Ends a window if the call for the position next to its known entries failed, or if it has used all calls that one
 * window may make. Ends all windows if no further call can succeed.
 */
function endWindows({ failures, bounds, endings }: Progress, open: OpenWindows): void {
  const fatal = failures.find(({ error }) => fatalCodes.has(error.code) || failureScope(error) === 'filter');
  for (const [window, reach] of open) {
    const failure = failures.find(({ block }) =>
      reach?.needs.some(({ low, high, isRightward }) => covers(block, isRightward ? low : high - 1)),
    );
    const error = (failure ?? fatal)?.error ?? bounds.endingOf(window);
    if (error === undefined) continue;
    endings.set(window, error);
    open.delete(window);
  }
}

/**
 * Ends the windows that are open although no block is left to ask for: pages contradict each other, or are not those
 * asked for.
 */
function endStuckWindows(progress: Progress, open: OpenWindows): void {
  for (const window of open.keys()) {
    const error =
      progress.failures[0]?.error ??
      new GatewayError('UPSTREAM_BAD_RESPONSE', 'The pages that the upstream gave do not fit together');
    progress.endings.set(window, error);
  }
}
