/**
 * What a page call asks of the upstream, and what the upstream answers, in the gateway's words. Knows neither the REST
 * spelling of the parameters (`parameters.ts`) nor why a page is asked for (`../ledger/`).
 */

import type { Signal } from './signal.ts';

/** The kinds of identifier by which a customer can be named. */
export const identifierNames = [
  'MOBILE',
  'EMAIL',
  'EXTERNAL_ID',
  'CARD_NUMBER',
  'CARD_EXTERNAL_ID',
  'ID',
] as const;
export type IdentifierName = (typeof identifierNames)[number];

/** Where an identifier is registered. Sent as spelled here. */
export const customerSources = [
  'INSTORE',
  'MARTJACK',
  'WECHAT',
  'FACEBOOK',
  'WEB_ENGAGE',
  'TMALL',
  'TAOBAO',
  'JD',
  'ECOMMERCE',
  'WEBSITE',
  'LINE',
  'ALL',
] as const;
export type CustomerSource = (typeof customerSources)[number];

/** Kinds of points category. Sent as spelled here. */
export const pointCategoryTypes = ['REGULAR', 'PROMISED', 'TRIGGER_BASED'] as const;
export type PointCategoryType = (typeof pointCategoryTypes)[number];

/** Kinds of ledger entry. Sent as spelled here. */
export const ledgerEntryTypes = ['CREDIT', 'DEBIT', 'OPENING_BALANCE'] as const;
export type LedgerEntryType = (typeof ledgerEntryTypes)[number];

/** Names one customer, exactly as the caller did. `value` is any Unicode text, never empty. */
export type CustomerIdentifier = {
  readonly name: IdentifierName;
  readonly value: string;
  readonly source: CustomerSource;
  readonly accountId?: string;
};

/**
 * Which balances are meant. A member that is left out does not restrict them. `currencies` is sorted, without repeats and
 * never empty. It never comes together with `includeAllCurrencies`.
 */
export type LedgerFilter = {
  /** `YYYY-MM-DDThh:mm:ss`, no zone. */
  readonly endDate?: string;
  readonly categoryType?: PointCategoryType;
  readonly ledgerEntryType?: LedgerEntryType;
  readonly currencies?: readonly string[];
  readonly includeAllCurrencies?: true;
  readonly tillId?: string;
  readonly includeTillConceptEvents?: true;
};

/** One call: one customer, one filter, one page of `limit` positions. `pageNumber` counts from 0. */
export type PageRequest = {
  readonly identifier: CustomerIdentifier;
  readonly filter: LedgerFilter;
  readonly limit: number;
  readonly pageNumber: number;
};

/** Who the customer is. Ids are integers of any size, with every digit. A text that is empty upstream is `null` here. */
export type CustomerDetails = {
  readonly userId: string;
  readonly externalId: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly entityType: string | null;
};

/** One closing balance. `closingBalance` is a decimal string with every digit that was sent. */
export type LedgerEntry = {
  readonly pointsCategory: string;
  readonly programId: string;
  readonly programName: string | null;
  readonly closingBalance: string;
  readonly alternateCurrency: string | null;
  readonly alternateCurrencyCategory: string | null;
};

/** A remark that the upstream adds to a page. */
export type LedgerWarning = { readonly code: string | null; readonly message: string };

/**
 * One page: the `pageSize` positions from `pageNumber × pageSize` on. `entries` has their entries in order. A position may
 * have none, so fewer than `pageSize` entries do not mean that the list ends. `totalEntries` counts positions, so it may
 * exceed the entries that can ever be fetched. `pageNumber` and `pageSize` come from the answer, and can differ from those
 * of the request.
 */
export type LedgerPage = {
  readonly details: CustomerDetails;
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalEntries: number;
  readonly entries: readonly LedgerEntry[];
  readonly warnings: readonly LedgerWarning[];
};

/** A page, or `null` when the upstream knows no such customer. */
export type PageAnswer = LedgerPage | null;

/** How many calls went out for a page so far. */
export type CallCount = { tries: number };

/**
 * Fetches a page for one caller, whose credentials it already has. Adds each call that goes out to `count`: none when the
 * gateway refuses the call, several when it is tried again.
 * @throws {GatewayError} for every outcome but the two of `PageAnswer`.
 */
export type FetchPage = (request: PageRequest, signal: Signal, count?: CallCount) => Promise<PageAnswer>;

/** The headers of a caller's request. Names are looked up in lower case; several values of one name are joined. */
export type CallerHeaders = Pick<Headers, 'get' | 'keys'>;
