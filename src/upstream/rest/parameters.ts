/** Writes a page request as the query of the upstream's URL. Knows neither host nor caller. */

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
 * The query of the URL for one page, without the question mark. Parameters have a fixed order, so that equal requests have
 * equal queries. Values are percent-encoded UTF-8; a space is `%20`, because not every server decodes `+`. `limit` and
 * `offset` are always sent; the upstream's `offset` is a page number.
 * @throws {GatewayError} BAD_USER_INPUT for half of a surrogate pair, which UTF-8 cannot encode.
 */
export function buildQuery({ identifier, filter, limit, pageNumber }: PageRequest): string {
  const parameters = {
    identifierName: upstreamIdentifierNames[identifier.name],
    identifierValue: identifier.value,
    source: identifier.source,
    accountId: identifier.accountId,
    endDate: filter.endDate,
    pointCategoryType: filter.categoryType,
    ledgerEntryType: filter.ledgerEntryType,
    alternateCurrencyNames: filter.currencies?.join(','),
    includeAlternateCurrencies: filter.includeAllCurrencies ?? (filter.currencies && false),
    tillId: filter.tillId,
    includeTillConceptEvents: filter.includeTillConceptEvents,
    limit,
    offset: pageNumber,
  };
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeValue(String(value))}`)
    .join('&');
}

function encodeValue(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch (cause) {
    throw new GatewayError('BAD_USER_INPUT', 'Expected Unicode text, got half of a surrogate pair.', {
      cause,
    });
  }
}
