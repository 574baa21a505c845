/**
 * The parameters of a ledger call, and the words that they take. The sandbox reads questions by them, and checks faults
 * against them.
 */

/** The identifier names as the endpoint spells them. `id` is the numeric customer id. */
export const identifierNames = [
  'mobile',
  'email',
  'externalId',
  'cardnumber',
  'cardExternalId',
  'id',
] as const;

/** Where an identifier can be registered. `ALL` stands in questions only, and means every source. */
export const sources = [
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

/** Kinds of points category. */
export const categoryTypes = ['REGULAR', 'PROMISED', 'TRIGGER_BASED'] as const;

/** Kinds of ledger entry. */
export const entryTypes = ['CREDIT', 'DEBIT', 'OPENING_BALANCE'] as const;

/** All parameters by name, each with the words that it takes. `anyText` has no such list. */
export const ledgerParameters: Readonly<Record<string, readonly string[] | 'anyText'>> = {
  identifierName: identifierNames,
  identifierValue: 'anyText',
  source: sources,
  accountId: 'anyText',
  limit: 'anyText',
  offset: 'anyText',
  endDate: 'anyText',
  pointCategoryType: categoryTypes,
  ledgerEntryType: entryTypes,
  alternateCurrencyNames: 'anyText',
  includeAlternateCurrencies: ['true', 'false'],
  includeTillConceptEvents: ['true', 'false'],
  tillId: 'anyText',
};
