/**
 * Reads one list: makes the calls that its windows need, round by round, until every window is filled or has
 * ended. Which calls, `plan.ts` says; what to make of the outcome, `connection.ts`.
 */
import { GatewayError } from '../errors.ts';
import type { CustomerDetails, LedgerPage, PageAnswer } from '../upstream/page-request.ts';
import { failureScope } from '../upstream/refusal.ts';
import { type Block, blockKey, covers, furthestBlock, type Limits } from './block.ts';
import { type CallShare, tooExpensive } from './call-allowance.ts';
import { knownFromCursors } from './known-from-cursors.ts';
import { type KnownList, learnPage } from './known-list.ts';
import type { ListSource } from './page-source.ts';
import { type Plan, planBlocks } from './plan.ts';
import { reachOf } from './reach.ts';
import type { Window } from './window.ts';

/** What to read of one list, and how. No windows: any one page, for the customer's details. */
export type ListRequest = {
  readonly source: ListSource;
  readonly windows: readonly Window[];
  readonly limits: Limits;
  readonly share: CallShare;
  readonly maxCalls: number;
  readonly signal: AbortSignal;
  /** Told how many kept answers served. */
  readonly onKept: (answers: number) => void;
};

/** What the reading of a list has found out. */
export type ListReading = {
  readonly known: KnownList;
  /** From the first page that came, if any did. */
  readonly details: CustomerDetails | undefined;
  /** Set when the customer as such was refused, whatever the list. */
  readonly customerFailure: GatewayError | 'NO_SUCH_CUSTOMER' | undefined;
  /** The first failure of any call. */
  readonly failure: GatewayError | undefined;
  /** The windows that could not be filled, each with what stopped it. */
  readonly endings: ReadonlyMap<Window, GatewayError>;
};

/** The state of a reading: what is known, what was asked, what has failed. */
type Progress = {
  readonly known: KnownList;
  readonly asked: Set<string>;
  readonly failures: { readonly block: Block; readonly error: GatewayError }[];
  readonly endings: Map<Window, GatewayError>;
  limits: Limits;
  details: CustomerDetails | undefined;
  customerFailure: GatewayError | 'NO_SUCH_CUSTOMER' | undefined;
};

/** The largest page that any edition of the endpoint gives; a larger one is nonsense. */
const largestPage = 100;
/** The largest total that GraphQL's Int can tell a client. */
const largestTotal = 2 ** 31 - 1;

/** Reads until every window is filled or ended. Never rejects: failures are part of the reading. */
export async function readList(request: ListRequest): Promise<ListReading> {
  const progress: Progress = {
    known: knownFromCursors(request.windows),
    asked: new Set(),
    failures: [],
    endings: new Map(),
    limits: request.limits,
    details: undefined,
    customerFailure: undefined,
  };
  const kept = request.source.kept();
  // Awaited only when it must be: all that is asked for in one turn should be planned in one turn.
  recallKept(progress, request, kept instanceof Promise ? await kept : kept);
  let plan = nextPlan(progress, request);
  while (plan.calls.length + plan.joins.length > 0 && progress.customerFailure === undefined) {
    await runRound(progress, request, plan);
    endFailedWindows(progress, request.windows);
    plan = nextPlan(progress, request);
  }
  endStuckWindows(progress, request.windows);
  request.share.release();
  const { known, details, customerFailure, failures, endings } = progress;
  return { known, details, customerFailure, failure: failures[0]?.error, endings };
}

/** Takes in what was kept of earlier answers. */
function recallKept(progress: Progress, { windows, onKept }: ListRequest, kept: readonly PageAnswer[]): void {
  if (kept.length === 0) return;
  onKept(countServing(progress, windows, kept));
  for (const answer of kept) {
    if (answer === null) progress.customerFailure ??= 'NO_SUCH_CUSTOMER';
    else takePage(progress, { limit: answer.pageSize, pageNumber: answer.pageNumber }, answer);
  }
}

/** How many kept answers hold a position that a window wants; one, if only what every answer tells is wanted. */
function countServing({ known }: Progress, windows: readonly Window[], kept: readonly PageAnswer[]): number {
  const needs = windows
    .filter(({ size }) => size > 0)
    .flatMap((window) => reachOf(known, window)?.needs ?? []);
  const serving = kept.filter(
    (answer) =>
      answer !== null &&
      needs.some(({ from, to }) => {
        const start = answer.pageNumber * answer.pageSize;
        return start < Math.max(from, to) && start + answer.pageSize > Math.min(from, to);
      }),
  );
  return Math.max(1, serving.length);
}

/**
 * The next round, never with a block that was asked for before. Before the total is known there is one block
 * only: it is part of every plan, and what else is needed depends on what it brings.
 */
function nextPlan(progress: Progress, { source, windows }: ListRequest): Plan {
  const { known, asked, limits } = progress;
  const isNew = (block: Block) => !asked.has(blockKey(block));
  const open = openWindows(progress, windows);
  if (open.length === 0 && (windows.length > 0 || known.total !== undefined)) return { calls: [], joins: [] };
  const reaches = open.filter((window) => window.size > 0).flatMap((window) => reachOf(known, window) ?? []);
  const underWay = source.underWay().filter(isNew);
  const { calls, joins } = planBlocks(known, reaches, limits, underWay);
  const plan = { calls: calls.filter(isNew), joins };
  return known.total === undefined
    ? firstBlock(plan, underWay, [furthestBlock(0, limits)].filter(isNew))
    : plan;
}

/** One block of a plan; if there is none any page will do, best one that is under way. */
function firstBlock({ calls, joins }: Plan, underWay: readonly Block[], first: readonly Block[]): Plan {
  if (joins.length > 0) return { calls: [], joins: joins.slice(0, 1) };
  if (calls.length > 0) return { calls: calls.slice(0, 1), joins: [] };
  return underWay.length > 0 ? { calls: [], joins: underWay.slice(0, 1) } : { calls: first, joins: [] };
}

/** Waits for all blocks of one round, side by side, and takes them in in order. */
async function runRound(progress: Progress, request: ListRequest, { calls, joins }: Plan): Promise<void> {
  const granted = calls.slice(0, request.share.take(calls.length));
  const blocks = [...joins, ...granted];
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

function takePage(progress: Progress, block: Block, page: LedgerPage): void {
  if (page.pageSize > largestPage || page.totalEntries > largestTotal) {
    const got = `pages of ${page.pageSize} entries, ${page.totalEntries} in all`;
    takeFailure(progress, block, badPage(got));
    return;
  }
  progress.details ??= page.details;
  learnPage(progress.known, page);
  progress.limits = limitsAfter(progress.limits, block.limit, page.pageSize);
}

/** An upstream that answers with pages of another size than asked knows its maximum better than the settings. */
function limitsAfter(limits: Limits, askedLimit: number, pageSize: number): Limits {
  if (pageSize === askedLimit) return limits;
  const smaller = limits.filter((limit) => limit <= pageSize);
  return pageSize > askedLimit || smaller.length === 0 ? [pageSize] : smaller;
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
function openWindows({ known, endings }: Progress, windows: readonly Window[]): Window[] {
  return windows.filter((window) => {
    if (endings.has(window)) return false;
    if (known.total === undefined) return true;
    return window.size > 0 && reachOf(known, window)?.needs.length !== 0;
  });
}

/** A window ends where a call for the position next to what it has has failed. */
function endFailedWindows(progress: Progress, windows: readonly Window[]): void {
  for (const window of openWindows(progress, windows)) {
    const needs = window.size > 0 ? (reachOf(progress.known, window)?.needs ?? []) : [];
    const failure = progress.failures.find(({ block }) =>
      needs.some(({ from, to }) => covers(block, from < to ? from : from - 1)),
    );
    if (failure !== undefined) progress.endings.set(window, failure.error);
  }
}

/** What is still open when there is nothing left to ask. */
function endStuckWindows(progress: Progress, windows: readonly Window[]): void {
  for (const window of openWindows(progress, windows)) {
    const error = progress.failures[0]?.error ?? badPage('other pages than asked for');
    progress.endings.set(window, error);
  }
}

function badPage(got: string): GatewayError {
  return new GatewayError('UPSTREAM_BAD_RESPONSE', `The upstream answered with ${got}`);
}
