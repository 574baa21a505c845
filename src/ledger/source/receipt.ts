/**
 * The receipt of one HTTP request: its price and its calls. Contains neither identifiers nor filters.
 */

/** One page that the request fetched, by its own call or a shared one. `page` is the page number, `limit` the page size. */
export type ReceiptCall = {
  readonly page: number;
  readonly limit: number;
  /** From the demand to the answer, waits included, rounded to a tenth. */
  readonly milliseconds: number;
  /** `OK`, `NO_SUCH_CUSTOMER`, or the code of the error. */
  readonly outcome: string;
  /** Whether it was another request's call, which cost this request nothing. */
  readonly isShared: boolean;
  /** Calls that went out: 0 if the call was shared, or refused by the gateway; more than 1 if it was tried again. */
  readonly tries: number;
};

/** What clients see in `extensions.upstream`. They depend on these names. */
export type Receipt = {
  /** Calls that the operation would need if every page were full and no answer were shared or cached. */
  readonly price: number;
  /** Calls that went out, retries included. */
  readonly made: number;
  /** Calls of other requests whose answers it used. */
  readonly shared: number;
  /** Cached answers that it used. */
  readonly kept: number;
  readonly calls: readonly ReceiptCall[];
};

/** The record from which the receipt is made, while the request is served. */
export type ReceiptBook = { price: number; kept: number; readonly calls: ReceiptCall[] };

/** An empty book. */
export const createReceiptBook = (): ReceiptBook => ({ price: 0, kept: 0, calls: [] });

/** The receipt so far. */
export function readReceipt({ price, kept, calls }: ReceiptBook): Receipt {
  let [made, shared] = [0, 0];
  for (const { tries, isShared } of calls) {
    made += tries;
    if (isShared) shared += 1;
  }
  return { price, made, shared, kept, calls: [...calls] };
}
