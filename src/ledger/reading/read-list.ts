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
  blockOf,
  covers,
  furthestBlock,
  hasBlock,
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
import { planBlocks } from '../list/plan.ts';
import { type OpenWindow, openWindows, serves } from '../list/reach.ts';
import type { Window } from '../list/window.ts';
import { added, none } from '../small-list.ts';
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
  /** Whether cached answers must not be used. */
  readonly isFresh?: boolean;
  readonly windows: readonly Window[];
  readonly limits: Limits;
  readonly calls: Reservation;
  readonly signal: Signal;
};

/** The outcome of reading a list. */
export type ListReading = {
  readonly pages: ListPages;
  /** Set if the customer itself was refused, not only this list. */
  customerFailure: GatewayError | 'NO_SUCH_CUSTOMER' | undefined;
  /** The first failure of any call. */
  failure: GatewayError | undefined;
  /** How many cached answers were used. */
  cachedAnswers: number;
};

/** The state of reading a list, which becomes its outcome. */
type Progress = ListReading & {
  readonly request: ListRequest;
  /** The sizes that calls may ask for, after the pages so far. */
  currentLimits: Limits;
  /** The blocks whose calls have ended. */
  asked: readonly Block[];
  failures: readonly { readonly block: Block; readonly error: GatewayError }[];
};

/** A call of a round. Its outcome is there at once if it could not be made. */
type RoundCall = { readonly block: Block; readonly outcome: FetchOutcome | Promise<FetchOutcome> };

/** Reads a list. Never rejects: failures are part of the outcome. */
export function readList(request: ListRequest): Promise<ListReading> {
  const cached = request.isFresh ? none : request.source.cached();
  // Not awaited without need: if all lists are planned in the same turn, they find each other's calls in flight.
  if (!(cached instanceof Promise)) return readRounds(startReading(request, cached));
  return cached.then((answers) => readRounds(startReading(request, answers)));
}

function startReading(request: ListRequest, answers: readonly PageAnswer[]): Progress {
  const isUnknown = answers.includes(null);
  return {
    request,
    pages: createListPages(request.windows, answers),
    currentLimits: request.limits,
    asked: none,
    failures: none,
    customerFailure: isUnknown ? 'NO_SUCH_CUSTOMER' : undefined,
    failure: undefined,
    // The cached answer that there is no such customer is no page.
    cachedAnswers: isUnknown ? 1 : 0,
  };
}

/** A frame keeps all its variables while it waits, so this one has few of them. */
async function readRounds(progress: Progress): Promise<ListReading> {
  for (let round = startRound(progress); round.length > 0; round = startRound(progress))
    for (const { block, outcome } of round) addOutcome(progress, block, await outcome);
  releaseCalls(progress.request.calls);
  progress.cachedAnswers += progress.pages.cached.length;
  return progress;
}

/** Starts the calls of the next round, within the limits. @returns them in the order of the plan; none at the end. */
function startRound(progress: Progress): readonly RoundCall[] {
  if (progress.customerFailure !== undefined) return none;
  const { pages, request } = progress;
  const { source, calls, limits, signal } = request;
  const open = windowsToFill(progress);
  if (open.length === 0 && (pages.windows.length > 0 || pages.total !== undefined)) return none;
  const { joins, wanted } = nextBlocks(progress, open);
  if (joins.length + wanted.length === 0) endStuckWindows(progress, open);
  const bounded = boundedCalls(wanted, open, limits);
  const refused = bounded.length - takeCalls(calls, bounded.length);
  let round: readonly RoundCall[] = none;
  for (const block of joins) round = added(round, { block, outcome: source.fetch(block, signal) });
  for (const block of bounded) {
    const isGranted = round.length < joins.length + bounded.length - refused;
    const outcome = isGranted ? source.fetch(block, signal) : callsRefusal(calls, refused);
    round = added(round, { block, outcome });
  }
  return round;
}

/**
 * Ends the windows that cannot be filled, and adds the cached pages that the others need.
 * @returns the windows that are still open.
 */
function windowsToFill(progress: Progress): readonly OpenWindow[] {
  for (;;) {
    let open: readonly OpenWindow[] = none;
    for (const window of openWindows(progress.pages))
      if (!hasEnded(progress, window)) open = added(open, window);
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
 * The blocks of the next round: those of calls in flight to wait for, and those to call for. A block is never asked for
 * twice. Before the total is known, a round has one block. That block is part of every plan, and its page decides what else
 * is needed.
 */
function nextBlocks({ pages, asked, currentLimits: limits, request }: Progress, open: readonly OpenWindow[]) {
  let inFlight: readonly Block[] = none;
  // Another request may not know yet that the upstream gives smaller pages than it asked for. Its page would be of other
  // positions, and the calls of this plan would run out before the nearest positions are known.
  for (const block of request.source.inFlight())
    if (!hasBlock(asked, block) && limits.includes(block.limit)) inFlight = added(inFlight, block);
  let joins: readonly Block[] = none;
  let wanted: readonly Block[] = none;
  for (const block of planBlocks(open, limits, inFlight)) {
    if (hasBlock(inFlight, block)) joins = added(joins, block);
    else if (!hasBlock(asked, block)) wanted = added(wanted, block);
  }
  if (pages.total !== undefined) return { joins, wanted };
  // If the plan has no block yet, any page is enough, preferably one in flight.
  const join = joins[0] ?? (wanted.length === 0 ? inFlight[0] : undefined);
  if (join !== undefined) return { joins: [join], wanted: none };
  const first = wanted[0] ?? furthestBlock(0, limits);
  return { joins, wanted: hasBlock(asked, first) ? none : [first] };
}

function addOutcome(progress: Progress, block: Block, outcome: FetchOutcome): void {
  progress.asked = added(progress.asked, block);
  if (outcome instanceof GatewayError) addFailure(progress, block, outcome);
  else if (outcome !== null) addAnswer(progress, block, outcome);
  else progress.customerFailure ??= 'NO_SUCH_CUSTOMER';
}

function addAnswer(progress: Progress, block: Block, page: LedgerPage): void {
  if (!addFetchedPage(progress.pages, page)) addFailure(progress, block, anotherPersonError());
  else progress.currentLimits = limitsAfter(progress.currentLimits, block.limit, page.pageSize);
}

function addFailure(progress: Progress, block: Block, error: GatewayError): void {
  progress.failures = added(progress.failures, { block, error });
  progress.failure ??= error;
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
  for (const { block, error } of failures)
    if (reach?.needs.some(({ low, high, isRightward }) => covers(block, isRightward ? low : high - 1)))
      state.ending ??= error;
  for (const { error } of failures)
    if (fatalCodes.has(error.code) || failureScope(error) === 'filter') state.ending ??= error;
  state.ending ??= boundEnding(state, request.limits);
  return state.ending !== undefined;
}

/**
 * Ends the windows that are open although no block is left to ask for: pages contradict each other, or are not those
 * asked for.
 */
function endStuckWindows({ failure }: Progress, open: readonly OpenWindow[]): void {
  const message = 'The pages that the upstream gave do not fit together';
  for (const { state } of open) state.ending = failure ?? new GatewayError('UPSTREAM_BAD_RESPONSE', message);
}
