/**
 * The source of a list's pages: cached answers, calls in flight, and calls of the request itself. Everything that two
 * requests may share passes through here. They share it exactly when they have the same scope and the same list.
 */
import { GatewayError } from '../../errors.ts';
import type { FetchPage, LedgerFilter, PageAnswer } from '../../upstream/page-request.ts';
import type { Signal } from '../../upstream/signal.ts';
import type { LedgerList } from '../arguments/ledger-list.ts';
import type { Block } from '../list/block.ts';
import { none } from '../small-list.ts';
import type { CallsInFlight, FetchOutcome, Waiter } from './calls-in-flight.ts';
import type { ReceiptBook, ReceiptCall } from './receipt.ts';

/** The pages of one list, for one request. */
export type ListSource = {
  /** Cached answers that have not expired. A promise never rejects. */
  readonly cached: () => readonly PageAnswer[] | Promise<readonly PageAnswer[]>;
  /** The blocks that calls in flight ask for, those of other requests included. */
  readonly inFlight: () => readonly Block[];
  /** Waits for the call of a block, and starts it if it is not in flight. Never rejects. */
  readonly fetch: (block: Block, signal: Signal) => Promise<FetchOutcome>;
};

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
  /** Makes calls for this request. Other requests may share them. */
  readonly fetchPage: FetchPage;
  /** The deadline of this request and its calls, on the clock `now`. */
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
  readonly options: PageSourceOptions;
  readonly list: LedgerList;
  readonly name: string;

  constructor(options: PageSourceOptions, list: LedgerList) {
    this.options = options;
    this.list = list;
    this.name = `${options.scope}\n${list.name}`;
  }

  cached(): ReturnType<ListSource['cached']> {
    return this.options.cache?.read(this.name) ?? none;
  }

  inFlight(): readonly Block[] {
    return this.options.callsInFlight.blocksOf(this.name);
  }

  fetch(block: Block, signal: Signal): Promise<FetchOutcome> {
    return new Promise((resolve) => {
      this.options.callsInFlight.join(this.name, new PageWaiter(this, block, signal, resolve));
    });
  }
}

/** A page that a request waits for, which becomes a line of its receipt. A class, for the same reason. */
class PageWaiter implements Waiter {
  readonly block: Block;
  readonly signal: Signal;
  call: Waiter['call'];
  readonly #source: SharedList;
  readonly #resolve: (outcome: FetchOutcome) => void;
  readonly #startedAt: number;
  readonly #line: { -readonly [Member in keyof ReceiptCall]: ReceiptCall[Member] };

  constructor(source: SharedList, block: Block, signal: Signal, resolve: (outcome: FetchOutcome) => void) {
    this.block = block;
    this.signal = signal;
    this.#source = source;
    this.#resolve = resolve;
    this.#startedAt = source.options.now();
    const { pageNumber: page, limit } = block;
    this.#line = { page, limit, milliseconds: 0, outcome: 'OK', isShared: true, tries: 0 };
  }

  deadlineAt(): number {
    return this.#source.options.deadlineAt();
  }

  handleEvent(): void {
    this.#source.options.callsInFlight.leave(this);
  }

  start(signal: Signal): Promise<PageAnswer> {
    const { options, list, name } = this.#source;
    const { fetchPage, cache } = options;
    const { identifier, filter } = list;
    const { pageNumber, limit } = this.block;
    this.#line.isShared = false;
    const answer = fetchPage({ identifier, filter, limit, pageNumber }, signal, this.#line);
    if (cache === null) return answer;
    // Cached before the call settles, so that other requests find the answer in the cache or the call in flight.
    return answer.then((found) => {
      cache.write(name, filter, found);
      return found;
    });
  }

  settle(outcome: FetchOutcome): void {
    const { now, receipt } = this.#source.options;
    this.#line.milliseconds = Math.round((now() - this.#startedAt) * 10) / 10;
    if (outcome === null) this.#line.outcome = 'NO_SUCH_CUSTOMER';
    else if (outcome instanceof GatewayError) this.#line.outcome = outcome.code;
    receipt.calls.push(this.#line);
    this.#resolve(outcome);
  }
}
