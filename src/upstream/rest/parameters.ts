/** Writes a page request as the query of the upstream's URL. Knows neither host nor caller. */

import { createHash } from 'node:crypto';
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
  const includesAlternate = includeAllCurrencies ?? (currencies && false);
  // Not from a list of pairs: its arrays took more memory than all else that a call makes here.
  return `identifierName=${upstreamIdentifierNames[identifier.name]}${
    parameter('identifierValue', identifier.value) +
    parameter('source', identifier.source) +
    parameter('accountId', identifier.accountId) +
    parameter('endDate', filter.endDate) +
    parameter('pointCategoryType', filter.categoryType) +
    parameter('ledgerEntryType', filter.ledgerEntryType) +
    parameter('alternateCurrencyNames', currencies?.join(',')) +
    parameter('includeAlternateCurrencies', includesAlternate) +
    parameter('tillId', filter.tillId) +
    parameter('includeTillConceptEvents', filter.includeTillConceptEvents)
  }`;
}

/** A longer name is replaced by its digest, so that a thousand names in memory take kilobytes. */
const longestQuestion = 200;

/** A name for what a list query asks. May hold personal data: it must stay in memory. */
export function questionOf(listQuery: string): string {
  return listQuery.length <= longestQuestion
    ? listQuery
    : createHash('sha256').update(listQuery).digest('base64url');
}

/** Empty for a parameter that is left out. */
function parameter(name: string, value: string | boolean | undefined): string {
  if (value === undefined) return '';
  try {
    return `&${name}=${encodeURIComponent(value)}`;
  } catch (cause) {
    throw new GatewayError('BAD_USER_INPUT', 'Expected Unicode text, got half of a surrogate pair.', {
      cause,
    });
  }
}
