/**
 * Reads one list in rounds of calls, until every window is filled or has ended. `plan.ts` plans the calls of a round, and
 * `connection.ts` turns the pages into connections.
 */
import { GatewayError } from '../../errors.ts';
import type { LedgerPage, PageAnswer } from '../../upstream/page-request.ts';
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
import { type OpenWindow, openWindows, serves } from '../list/reach.ts';
import type { Window } from '../list/window.ts';
import type { FetchOutcome } from '../source/calls-in-flight.ts';
import type { ListSource } from '../source/page-source.ts';
import {
  boundEnding,
  boundedCalls,
  callsRefusal,
  type Reservation,
  releaseCalls,
  takeCalls,
} from './call-limits.ts';

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
  /** How many cached answers were used. */
  readonly cachedAnswers: number;
};

/** The state of reading a list. */
type Progress = {
  readonly request: ListRequest;
  readonly pages: ListPages;
  /** The keys of the blocks whose calls have ended; undefined before the first. */
  asked: Set<string> | undefined;
  readonly failures: { readonly block: Block; readonly error: GatewayError }[];
  limits: Limits;
  customerFailure: ListReading['customerFailure'];
};

/** A call of a round. Its outcome is there at once if it could not be made. */
type RoundCall = { readonly block: Block; readonly outcome: FetchOutcome | Promise<FetchOutcome> };

/**
 * Reads a list. Never rejects: failures are part of the outcome. Hundreds of lists may wait for their calls at a time, and a
 * frame keeps all its variables, so this frame has few of them, and no iterator.
 */
export async function readList(request: ListRequest): Promise<ListReading> {
  const cached = request.source.cached();
  // Not awaited without need: if all lists are planned in the same turn, they find each other's calls in flight.
  const progress = startReading(request, cached instanceof Promise ? await cached : cached);
  for (let round = startRound(progress); round.length > 0; round = startRound(progress)) {
    for (let call = round.shift(); call !== undefined; call = round.shift())
      addOutcome(progress, call.block, await call.outcome);
  }
  releaseCalls(request.calls);
  const { pages, customerFailure, failures } = progress;
  // The cached answer that there is no such customer is no page.
  const cachedAnswers = pages.cached.length + (progress.asked === undefined && customerFailure ? 1 : 0);
  return { pages, customerFailure, failure: failures[0]?.error, cachedAnswers };
}

function startReading(request: ListRequest, answers: readonly PageAnswer[]): Progress {
  return {
    request,
    pages: createListPages(request.windows, answers),
    asked: undefined,
    failures: [],
    limits: request.limits,
    customerFailure: answers.includes(null) ? 'NO_SUCH_CUSTOMER' : undefined,
  };
}

/** Starts the calls of the next round, within the limits. @returns them in the order of the plan; none at the end. */
function startRound(progress: Progress): RoundCall[] {
  if (progress.customerFailure !== undefined) return [];
  const { source, calls, limits, signal } = progress.request;
  const open = windowsToFill(progress);
  const plan = nextPlan(progress, open);
  if (plan.calls.length + plan.joins.length === 0) endStuckWindows(progress, open);
  const bounded = boundedCalls(plan.calls, open, limits);
  const granted = takeCalls(calls, bounded.length);
  return [...plan.joins, ...bounded].map((block, index) => {
    const isGranted = index < plan.joins.length + granted;
    const outcome = isGranted ? source.fetch(block, signal) : callsRefusal(calls, bounded.length - granted);
    return { block, outcome };
  });
}

/**
 * Ends the windows that cannot be filled, and adds the cached pages that the others need.
 * @returns the windows that are still open.
 */
function windowsToFill(progress: Progress): readonly OpenWindow[] {
  for (;;) {
    const open = openWindows(progress.pages).filter((window) => !hasEnded(progress, window));
    const page = cachedPageFor(progress, open);
    if (page === undefined) return open;
    addCachedPage(progress.pages, page);
  }
}

/**
 * A cached page with a position that a window needs, or any page if any one is enough. Others stay unused, because a
 * short page elsewhere in the list would cost more calls (`hasShortPages`).
 */
function cachedPageFor({ pages }: Progress, open: readonly OpenWindow[]): LedgerPage | undefined {
  if (pages.unused.length === 0) return undefined;
  const needs = open.flatMap(({ reach }) => reach?.needs ?? []);
  const needsAny = pages.total === undefined && (open.length > 0 || pages.windows.length === 0);
  return (
    pages.unused.find((unused) => needs.some((need) => serves(blockOf(unused), need))) ??
    (needsAny ? pages.unused[0] : undefined)
  );
}

/**
 * The calls of the next round. A block is never asked for twice. Before the total is known, a round has one block. That
 * block is part of every plan, and its page decides what else is needed.
 */
function nextPlan(
  { pages, asked, limits, request: { source } }: Progress,
  open: readonly OpenWindow[],
): Plan {
  if (open.length === 0 && (pages.windows.length > 0 || pages.total !== undefined))
    return { calls: [], joins: [] };
  const isNew = (block: Block) => !asked?.has(blockKey(block));
  // Another request may not know yet that the upstream gives smaller pages than it asked for. Its page would be of other
  // positions, and the calls of this plan would run out before the nearest positions are known.
  const inFlight = source.inFlight().filter((block) => isNew(block) && limits.includes(block.limit));
  const reaches = open.flatMap(({ reach }) => reach ?? []);
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

function addOutcome(progress: Progress, block: Block, outcome: FetchOutcome): void {
  progress.asked ??= new Set();
  progress.asked.add(blockKey(block));
  if (outcome instanceof GatewayError) addFailure(progress, block, outcome);
  else if (outcome !== null) addAnswer(progress, block, outcome);
  else progress.customerFailure ??= 'NO_SUCH_CUSTOMER';
}

function addAnswer(progress: Progress, block: Block, page: LedgerPage): void {
  if (!addFetchedPage(progress.pages, page)) addFailure(progress, block, anotherPersonError());
  else progress.limits = limitsAfter(progress.limits, block.limit, page.pageSize);
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
function hasEnded({ failures, request }: Progress, { state, reach }: OpenWindow): boolean {
  const failure =
    failures.find(({ block }) =>
      reach?.needs.some(({ low, high, isRightward }) => covers(block, isRightward ? low : high - 1)),
    ) ?? failures.find(({ error }) => fatalCodes.has(error.code) || failureScope(error) === 'filter');
  state.ending = failure?.error ?? boundEnding(state, request.limits);
  return state.ending !== undefined;
}

/**
 * Ends the windows that are open although no block is left to ask for: pages contradict each other, or are not those
 * asked for.
 */
function endStuckWindows({ failures }: Progress, open: readonly OpenWindow[]): void {
  for (const { state } of open) {
    state.ending =
      failures[0]?.error ??
      new GatewayError('UPSTREAM_BAD_RESPONSE', 'The pages that the upstream gave do not fit together');
  }
}
