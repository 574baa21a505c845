/**
 * Where a list's pages come from: kept answers, calls under way, calls of its own. Everything that two requests may
 * share goes through here, under names that say what they must have in common.
 */
import type { CustomerIdentifier, FetchPage, LedgerFilter, PageAnswer } from '../../upstream/page-request.ts';
import { failureOutcome, type ReceiptBook } from '../arguments/receipt.ts';
import type { Block } from '../list/block.ts';
import { customerKey, filterKey } from '../list/list-name.ts';
import type { Flights, StartCall } from './calls-in-flight.ts';

/** The pages of one list, for one request. */
export type ListSource = {
  /** Answers from before that may still be used. A promise of them never rejects. */
  readonly kept: () => readonly PageAnswer[] | Promise<readonly PageAnswer[]>;
  /** The blocks that are being called for right now, by whomever. */
  readonly underWay: () => readonly Block[];
  /** Waits for the call of a block, and makes it if nobody has. */
  readonly fetch: (block: Block, signal: AbortSignal) => Promise<PageAnswer>;
};

/** Gives the source of any list, for one request. */
export type PageSource = (identifier: CustomerIdentifier, filter: LedgerFilter) => ListSource;

/** What is kept of answers, and for how long; `null` keeps nothing. */
export type Keeping = {
  /** A promise when other replicas' answers are looked for as well. It never rejects. */
  readonly read: (list: string) => readonly PageAnswer[] | Promise<readonly PageAnswer[]>;
  readonly keep: (list: string, answer: PageAnswer, ttlMs: number) => void;
  /** How long an answer may be used, in milliseconds. */
  readonly ttlMs: (filter: LedgerFilter, answer: PageAnswer) => number;
};

/** What a source is made from. */
export type PageSourceOptions = {
  /**
   * Calls made by this request, whose answers are of use until `deadlineAt`, in milliseconds. They go out in its name, but
   * others may come to wait for them too.
   */
  readonly callUntil: (deadlineAt: number) => FetchPage;
  /** Until when an answer is of use to this request itself, on the clock `now`. */
  readonly deadlineAt: () => number;
  /**
   * What tells those apart who must never share: upstream, credentials, attribution and language of the caller.
   * Two requests share exactly when their scopes are equal.
   */
  readonly scope: string;
  readonly flights: Flights;
  readonly keeping: Keeping | null;
  readonly receipt: ReceiptBook;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
};

/** The source for one request. */
export function createPageSource(options: PageSourceOptions): PageSource {
  const { scope, flights, keeping } = options;
  return (identifier, filter) => {
    const list = `${scope}\n${customerKey(identifier)}\n${filterKey(filter)}`;
    return {
      kept: () => keeping?.read(list) ?? [],
      underWay: () => flights.blocksOf(list),
      fetch: (block, signal) => fetchBlock(options, { list, identifier, filter }, block, signal),
    };
  };
}

type List = { readonly list: string; readonly identifier: CustomerIdentifier; readonly filter: LedgerFilter };

async function fetchBlock(
  { callUntil, deadlineAt, flights, keeping, receipt, now }: PageSourceOptions,
  { list, identifier, filter }: List,
  block: Block,
  signal: AbortSignal,
): Promise<PageAnswer> {
  signal.throwIfAborted();
  const startedAt = now();
  let isShared = true;
  let tries = 0;
  const onSent = () => {
    tries += 1;
  };
  const start: StartCall = async (callSignal, callDeadlineAt) => {
    isShared = false;
    const answer = await callUntil(callDeadlineAt)({ identifier, filter, ...block }, callSignal, onSent);
    // Kept before anyone has it, so that whoever comes now finds it either kept or under way.
    const ttlMs = keeping?.ttlMs(filter, answer) ?? 0;
    if (ttlMs > 0) keeping?.keep(list, answer, ttlMs);
    return answer;
  };
  const write = (outcome: string) =>
    receipt.addCall({
      page: block.pageNumber,
      limit: block.limit,
      milliseconds: Math.round((now() - startedAt) * 10) / 10,
      outcome,
      isShared,
      tries,
    });
  try {
    const answer = await flights.join(list, block, start, { signal, deadlineAt });
    write(answer === null ? 'NO_SUCH_CUSTOMER' : 'OK');
    return answer;
  } catch (error) {
    write(failureOutcome(error));
    throw error;
  }
}
