/** Reads the query parameters of one call as the endpoint does, and refuses what is missing or wrong. Pure. */

import { categoryTypes, entryTypes, identifierNames, sources } from '../wire/parameters.ts';
import type { Refusal } from '../wire/refusals.ts';
import type { Query } from '../wire/request.ts';
import type { CategoryType, EntryType, IdentifierName, Source } from './member.ts';

/** How the endpoint bounds a page. `reject` refuses a larger `limit`; `cap` answers with `maxLimit`. */
export type PageBounds = { readonly maxLimit: number; readonly overLimit: 'cap' | 'reject' };

/** A filter with every default filled in. A member that is left out restricts nothing. */
export type LedgerFilter = {
  readonly endDate?: string;
  readonly pointCategoryType?: CategoryType;
  readonly ledgerEntryType?: EntryType;
  readonly alternateCurrencyNames?: readonly string[];
  readonly includeAlternateCurrencies: boolean;
  readonly tillId?: string;
  readonly includeTillConceptEvents: boolean;
};

/** A valid question: customer, filter, page. `offset` counts pages. */
export type Question = {
  readonly identifierName: IdentifierName;
  readonly identifierValue: string;
  readonly source: Source;
  readonly accountId?: string;
  readonly filter: LedgerFilter;
  readonly limit: number;
  readonly offset: number;
};

/** Entries per page of a call without `limit` (reference: default 10). */
const defaultLimit = 10;
const largestInt32 = 2_147_483_647;

/**
 * Why the endpoint refuses a call's parameters, or `undefined` when `readQuestion` can read them. The order of
 * checks is the sandbox's choice: first all three customer parameters empty, then name, source, value, the rest.
 */
export function findRefusal(query: Query, bounds: PageBounds): Refusal | undefined {
  return refuseCustomer(query) ?? refusePage(query, bounds) ?? refuseFilter(query);
}

function refuseCustomer(query: Query): Refusal | undefined {
  const { identifierName = '', identifierValue = '', source = '' } = query;
  if (identifierName === '' && identifierValue === '' && source === '') return { code: 11013 };
  if (!isOneOf(identifierNames, identifierName)) return { code: 8013 };
  if (!isOneOf(sources, source)) return { code: 8003 };
  return identifierValue === '' ? { code: 11013 } : undefined;
}

// The reference names no code for a wrong number: 400, as for the filters below.
function refusePage(query: Query, bounds: PageBounds): Refusal | undefined {
  const { limit = '', offset = '' } = query;
  const largest = bounds.overLimit === 'reject' ? bounds.maxLimit : largestInt32;
  if (limit !== '' && !isInteger(limit, 1, largest)) return wrong(`limit must be 1 to ${largest}`);
  if (offset !== '' && !isInteger(offset, 0, largestInt32)) return wrong('offset must be a page number');
  return undefined;
}

// Empty counts as left out, except for currency names: an empty name has a code of its own.
function refuseFilter(query: Query): Refusal | undefined {
  const { endDate, pointCategoryType, ledgerEntryType, alternateCurrencyNames: names } = query;
  const { includeAlternateCurrencies: all, includeTillConceptEvents: concept } = query;
  if (endDate && !isMoment(endDate)) return wrong('endDate must be YYYY-MM-DDThh:mm:ss');
  if (pointCategoryType && !isOneOf(categoryTypes, pointCategoryType)) return wrong('pointCategoryType');
  if (ledgerEntryType && !isOneOf(entryTypes, ledgerEntryType)) return wrong('ledgerEntryType');
  if (all && !isBoolean(all)) return wrong('includeAlternateCurrencies must be true or false');
  if (concept && !isBoolean(concept)) return wrong('includeTillConceptEvents must be true or false');
  if (names !== undefined && !isTrue(all) && readNames(names).includes('')) return { code: 9005 };
  return undefined;
}

function wrong(detail: string): Refusal {
  return { code: 400, detail };
}

/** Reads a question. Call it only with parameters that `findRefusal` does not refuse. */
export function readQuestion(query: Query, bounds: PageBounds): Question {
  const { identifierName, source, accountId, limit, offset } = query;
  return {
    identifierName: identifierName as IdentifierName,
    identifierValue: query['identifierValue'] ?? '',
    source: source as Source,
    ...(accountId ? { accountId } : {}),
    filter: readFilter(query),
    limit: Math.min(limit ? Number(limit) : Math.min(defaultLimit, bounds.maxLimit), bounds.maxLimit),
    offset: Number(offset ?? 0),
  };
}

function readFilter(query: Query): LedgerFilter {
  const { endDate, pointCategoryType, ledgerEntryType, alternateCurrencyNames, tillId } = query;
  const includeAlternateCurrencies = isTrue(query['includeAlternateCurrencies']);
  return {
    ...(endDate ? { endDate } : {}),
    ...(pointCategoryType ? { pointCategoryType: pointCategoryType as CategoryType } : {}),
    ...(ledgerEntryType ? { ledgerEntryType: ledgerEntryType as EntryType } : {}),
    // "includeAlternateCurrencies wins over the names filter" (reference).
    ...(alternateCurrencyNames !== undefined && !includeAlternateCurrencies
      ? { alternateCurrencyNames: readNames(alternateCurrencyNames) }
      : {}),
    includeAlternateCurrencies,
    ...(tillId ? { tillId } : {}),
    includeTillConceptEvents: isTrue(query['includeTillConceptEvents']),
  };
}

function readNames(text: string): string[] {
  return text.split(',').map((name) => name.trim());
}

function isOneOf<Word extends string>(words: readonly Word[], text: string): text is Word {
  return (words as readonly string[]).includes(text);
}

/** Ten digits hold every int32. Exponents, signs and fractions are refused. */
function isInteger(text: string, smallest: number, largest: number): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) >= smallest && Number(text) <= largest;
}

function isBoolean(text: string): boolean {
  return /^(true|false)$/i.test(text);
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}

/**
 * Whether the text is a calendar moment `YYYY-MM-DDThh:mm:ss` without a zone: 30 February is none. Such texts sort
 * as the moments do.
 */
function isMoment(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(text)) return false;
  const moment = new Date(`${text}Z`);
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}
