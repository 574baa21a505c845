/**
 * The source of a list's pages: cached answers, calls in flight, and calls of the request itself. Everything that two
 * requests may share passes through here. They share it exactly when they have the same scope and the same list.
 */
import { GatewayError } from '../../errors.ts';
import type { FetchPage, LedgerFilter, PageAnswer } from '../../upstream/page-request.ts';
import type { Signal } from '../../upstream/signal.ts';
import type { LedgerList } from '../arguments/ledger-list.ts';
import type { Block } from '../list/block.ts';
import type { CallsInFlight, StartCall } from './calls-in-flight.ts';
import type { ReceiptBook } from './receipt.ts';

/** The pages of one list, for one request. */
export type ListSource = {
  /** Cached answers that have not expired. A promise never rejects. */
  readonly cached: () => readonly PageAnswer[] | Promise<readonly PageAnswer[]>;
  /** The blocks that calls in flight ask for, those of other requests included. */
  readonly inFlight: () => readonly Block[];
  /** Waits for the call of a block, and starts it if it is not in flight. Never rejects. */
  readonly fetch: (block: Block, signal: Signal) => Promise<FetchOutcome>;
};

/** The outcome of fetching a block. A failure is a value, so that many calls can be awaited one by one. */
export type FetchOutcome = PageAnswer | GatewayError;

/** Returns the source of any list, for one request. */
export type PageSource = (list: LedgerList) => ListSource;

/** A cache of answers, by the name of the list. */
export type AnswerCache = {
  /** Returns a promise if the cache of all replicas is read as well. It never rejects. */
  readonly read: (list: string) => readonly PageAnswer[] | Promise<readonly PageAnswer[]>;
  /** Caches an answer for as long as it may be used. The filter says how long that is. */
  readonly write: (list: string, filter: LedgerFilter, answer: PageAnswer) => void;
};

/** What a source needs. */
export type PageSourceOptions = {
  /** Returns a function that makes calls for this request, with this deadline. Other requests may share the calls. */
  readonly callUntil: (deadlineAt: number) => FetchPage;
  /** The deadline of this request, on the clock `now`. */
  readonly deadlineAt: () => number;
  /**
   * A name for upstream, credentials, attribution and language of the caller. Two requests share answers exactly when their
   * scopes are equal.
   */
  readonly scope: string;
  readonly callsInFlight: CallsInFlight;
  /** `null` caches nothing. */
  readonly cache: AnswerCache | null;
  readonly receipt: ReceiptBook;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** Creates the source for one request. */
export function createPageSource(options: PageSourceOptions): PageSource {
  const { scope, callsInFlight, cache } = options;
  return (list) => {
    const sharedName = `${scope}\n${list.name}`;
    return {
      cached: () => cache?.read(sharedName) ?? [],
      inFlight: () => callsInFlight.blocksOf(sharedName),
      fetch: (block, signal) => fetchBlock(options, { list, sharedName, block }, signal),
    };
  };
}

type BlockOfList = { readonly list: LedgerList; readonly sharedName: string; readonly block: Block };

function fetchBlock(options: PageSourceOptions, asked: BlockOfList, signal: Signal): Promise<FetchOutcome> {
  const { deadlineAt, callsInFlight, receipt, now } = options;
  const { sharedName, block } = asked;
  const startedAt = now();
  const use: CallUse = { isShared: true, tries: 0 };
  function addToReceipt(outcome: FetchOutcome): FetchOutcome {
    const milliseconds = Math.round((now() - startedAt) * 10) / 10;
    const code = outcome instanceof GatewayError ? outcome.code : 'OK';
    const { pageNumber: page, limit } = block;
    receipt.calls.push({
      page,
      limit,
      milliseconds,
      outcome: outcome === null ? 'NO_SUCH_CUSTOMER' : code,
      ...use,
    });
    return outcome;
  }
  return callsInFlight
    .join(sharedName, block, startOf(options, asked, use), { signal, deadlineAt })
    .then(addToReceipt, (error: unknown) => addToReceipt(asGatewayError(error)));
}

/** How a request uses a call: whether it is another request's, and how often it went out for this request. */
type CallUse = { isShared: boolean; tries: number };

function startOf(
  { callUntil, cache }: PageSourceOptions,
  { list, sharedName, block }: BlockOfList,
  use: CallUse,
): StartCall {
  return (signal, deadlineAt) => {
    const { identifier, filter } = list;
    const { limit, pageNumber } = block;
    use.isShared = false;
    const answer = callUntil(deadlineAt)({ identifier, filter, limit, pageNumber }, signal, () => {
      use.tries += 1;
    });
    if (cache === null) return answer;
    // Cached before the call settles, so that other requests find the answer in the cache or the call in flight.
    return answer.then((found) => {
      cache.write(sharedName, filter, found);
      return found;
    });
  };
}

/** Returns a failure as it is, and any other thrown value, which is a bug, as the cause of one. */
export function asGatewayError(reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason;
  return new GatewayError('INTERNAL_SERVER_ERROR', 'Unexpected failure', { cause: reason });
}
