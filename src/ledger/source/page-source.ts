/**
 * The source of a list's pages: cached answers, calls in flight, and calls of the request itself. Everything that two
 * requests may share passes through here. They share it exactly when they have the same scope and the same list.
 */
import { GatewayError } from '../../errors.ts';
import type { CallCount, FetchPage, LedgerFilter, PageAnswer } from '../../upstream/page-request.ts';
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
  return (list) => new SharedList(options, list);
}

/** A class, because every list of a request has a source for as long as its calls wait, and closures take more memory. */
class SharedList implements ListSource {
  readonly #options: PageSourceOptions;
  readonly #list: LedgerList;
  readonly #name: string;

  constructor(options: PageSourceOptions, list: LedgerList) {
    this.#options = options;
    this.#list = list;
    this.#name = `${options.scope}\n${list.name}`;
  }

  cached(): ReturnType<ListSource['cached']> {
    return this.#options.cache?.read(this.#name) ?? [];
  }

  inFlight(): readonly Block[] {
    return this.#options.callsInFlight.blocksOf(this.#name);
  }

  fetch(block: Block, signal: Signal): Promise<FetchOutcome> {
    const { deadlineAt, callsInFlight, receipt, now } = this.#options;
    const { pageNumber: page, limit } = block;
    const startedAt = now();
    const use: CallUse = { isShared: true, tries: 0 };
    function addToReceipt(answer: FetchOutcome): FetchOutcome {
      const milliseconds = Math.round((now() - startedAt) * 10) / 10;
      const code = answer instanceof GatewayError ? answer.code : 'OK';
      const outcome = answer === null ? 'NO_SUCH_CUSTOMER' : code;
      receipt.calls.push({ page, limit, milliseconds, outcome, ...use });
      return answer;
    }
    const start: StartCall = (...ends) => this.#start(block, use, ...ends);
    return callsInFlight
      .join(this.#name, block, start, { signal, deadlineAt })
      .then(addToReceipt, (error: unknown) => addToReceipt(asGatewayError(error)));
  }

  #start(block: Block, use: CallUse, signal: Signal, deadlineAt: number): Promise<PageAnswer> {
    const { callUntil, cache } = this.#options;
    const { identifier, filter } = this.#list;
    use.isShared = false;
    const answer = callUntil(deadlineAt)({ identifier, filter, ...block }, signal, use);
    if (cache === null) return answer;
    // Cached before the call settles, so that other requests find the answer in the cache or the call in flight.
    return answer.then((found) => {
      cache.write(this.#name, filter, found);
      return found;
    });
  }
}

/** How a request uses a call: whether it is another request's, and how often it went out for this request. */
type CallUse = CallCount & { isShared: boolean };

/** Returns a failure as it is, and any other thrown value, which is a bug, as the cause of one. */
export function asGatewayError(reason: unknown): GatewayError {
  if (reason instanceof GatewayError) return reason;
  return new GatewayError('INTERNAL_SERVER_ERROR', 'Unexpected failure', { cause: reason });
}
