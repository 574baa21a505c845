/**
 * The receipt of one HTTP request: its price, and every call. Holds no identifier and no filter.
 */

/** One page that was called for or waited for. `page` is the page number, `limit` its size. */
export type ReceiptCall = {
  readonly page: number;
  readonly limit: number;
  /** From asking to having the answer, waits included, to a tenth. */
  readonly milliseconds: number;
  /** `OK`, `NO_SUCH_CUSTOMER`, or the code of the error. */
  readonly outcome: string;
  /** Whether another request had made the call already, so that it cost nothing. */
  readonly isShared: boolean;
  /** Calls that went out for it: 0 when it was shared or refused before, more than 1 when it was tried again. */
  readonly tries: number;
};

/** What clients see under `extensions.upstream`; the names are theirs. */
export type Receipt = {
  /** Calls needed if every page were full and nothing could be shared or cached. */
  readonly price: number;
  /** Calls that went out, further tries included. */
  readonly made: number;
  /** Calls of other requests that served this one too. */
  readonly shared: number;
  /** Cached answers that served. */
  readonly kept: number;
  readonly calls: readonly ReceiptCall[];
};

/** A receipt while a request is served. */
export type ReceiptBook = { price: number; kept: number; readonly calls: ReceiptCall[] };

/** An empty book. */
export function createReceiptBook(): ReceiptBook {
  return { price: 0, kept: 0, calls: [] };
}

/** The receipt so far. */
export function readReceipt({ price, kept, calls }: ReceiptBook): Receipt {
  const shared = calls.filter(({ isShared }) => isShared).length;
  const made = calls.reduce((sum, { tries }) => sum + tries, 0);
  return { price, made, shared, kept, calls: [...calls] };
}
