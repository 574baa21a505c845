/** Writes a page request as the query of the upstream's URL. Knows neither host nor caller. */

import { hash } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { IdentifierName, PageRequest } from '../page-request.ts';

const upstreamIdentifierNames: Readonly<Record<IdentifierName, string>> = {
  MOBILE: 'mobile',
  EMAIL: 'email',
  EXTERNAL_ID: 'externalId',
  CARD_NUMBER: 'cardnumber',
  CARD_EXTERNAL_ID: 'cardExternalId',
  ID: 'id',
};

/**
 * The query of the URL for one page, without the question mark. `limit` and `offset` are always sent; the upstream's
 * `offset` is a page number. `listQuery` is the rest of the query, for a caller that has it already.
 * @throws as `buildListQuery`.
 */
export function buildQuery(request: PageRequest, listQuery = buildListQuery(request)): string {
  return `${listQuery}&limit=${request.limit}&offset=${request.pageNumber}`;
}

/**
 * What the queries of all pages of a list have in common. Parameters have a fixed order, so that equal requests have equal
 * queries. Values are percent-encoded UTF-8; a space is `%20`, because not every server decodes `+`.
 * @throws {GatewayError} BAD_USER_INPUT for half of a surrogate pair, which UTF-8 cannot encode.
 */
export function buildListQuery({ identifier, filter }: Pick<PageRequest, 'identifier' | 'filter'>): string {
  const { currencies, includeAllCurrencies } = filter;
  const query = [`identifierName=${upstreamIdentifierNames[identifier.name]}`];
  add(query, 'identifierValue', identifier.value);
  add(query, 'source', identifier.source);
  add(query, 'accountId', identifier.accountId);
  add(query, 'endDate', filter.endDate);
  add(query, 'pointCategoryType', filter.categoryType);
  add(query, 'ledgerEntryType', filter.ledgerEntryType);
  add(query, 'alternateCurrencyNames', currencies?.join(','));
  add(query, 'includeAlternateCurrencies', includeAllCurrencies ?? (currencies && false));
  add(query, 'tillId', filter.tillId);
  add(query, 'includeTillConceptEvents', filter.includeTillConceptEvents);
  // Joined at once: V8 keeps a text that grows by `+=` as a tree of its parts, seven times as large.
  return query.join('&');
}

/** A longer name is replaced by its digest, so that a thousand names in memory take kilobytes. */
const longestQuestion = 200;

/** A name for what a list query asks. May hold personal data: it must stay in memory. */
export function questionOf(listQuery: string): string {
  return listQuery.length <= longestQuestion ? listQuery : hash('sha256', listQuery, 'base64url');
}

/** Adds a parameter if it is given. */
function add(query: string[], name: string, value: string | boolean | undefined): void {
  if (value === undefined) return;
  try {
    query.push(`${name}=${encodeURIComponent(value)}`);
  } catch (cause) {
    const message = 'Expected Unicode text, got half of a surrogate pair.';
    throw new GatewayError('BAD_USER_INPUT', message, { cause });
  }
}
