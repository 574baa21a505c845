/** What every peer knows of the endpoint: where it is, who calls, how a page is asked for and read. */

const { UPSTREAM_URL = '', UPSTREAM_AUTHORIZATION = '', PORT = '0', CACHE_TTL_SECONDS = '0' } = process.env;

/** Settings of a peer, the same for all. A TTL of 0 is no cache. */
export const settings = {
  upstreamUrl: UPSTREAM_URL,
  authorization: UPSTREAM_AUTHORIZATION,
  port: Number(PORT),
  cacheTtlSeconds: Number(CACHE_TTL_SECONDS),
} as const;

/** A page that is asked for: a customer, and how many pages to skip. */
export type PageQuestion = {
  readonly identifierName: string;
  readonly identifierValue: string;
  readonly source: string;
  readonly accountId?: string | undefined;
  readonly pageNumber: number;
};

/** Entries of a page that is full: the most that the endpoint gives. */
export const pageSize = 10;

/** The query parameters of a question. */
export function parametersOf({ pageNumber, accountId, ...customer }: PageQuestion): Record<string, string> {
  const page = { limit: String(pageSize), offset: String(pageNumber) };
  return accountId === undefined ? { ...customer, ...page } : { ...customer, accountId, ...page };
}

/** One text for equal questions. */
export function questionKey(question: PageQuestion): string {
  const { identifierName, identifierValue, source, accountId = '', pageNumber } = question;
  return [identifierName, identifierValue, source, accountId, pageNumber].join('\u0000');
}

/** Path of the endpoint, without its leading slash. */
export const endpointPath = 'v2/pointsLedger/getCustomerLedgerBalance';

/** An entry as the endpoint spells it, which is how the schema spells it too. */
export type Entry = { readonly pointsCategory: string; readonly closingBalance: string };

/** A page as the endpoint sends it. */
export type Page = {
  readonly customerDetails: { readonly userId: number };
  readonly ledgerDetails: {
    readonly totalEntries: number;
    readonly pageCount: number;
    readonly ledgerClosingBalance: readonly Entry[];
  };
};

/** A refusal as the endpoint sends it. */
export type Refusal = { readonly errors: readonly [{ readonly code: number; readonly message: string }] };

/** The code of the refusal that says that there is no such customer. */
export const noSuchCustomer = 8015;
