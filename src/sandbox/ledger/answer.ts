/** Answers one question: finds the member, filters its ledger, cuts the page. Pure; knows no credentials. */

import type { Fault } from '../faults/faults.ts';
import { type Json, numeral, writeJson } from '../wire/json-text.ts';
import type { Refusal } from '../wire/refusals.ts';
import type { Query } from '../wire/request.ts';
import type { Directory } from './directory.ts';
import { categoryTypeOf, filterLedger, type Position } from './ledger.ts';
import type { Member } from './member.ts';
import { findRefusal, type PageBounds, readQuestion } from './question.ts';

/** The success body as JSON text with the member's own faults, or the refusal. */
export type LedgerAnswer =
  | { readonly body: string; readonly faults: readonly Fault[]; readonly refusal?: never }
  | { readonly refusal: Refusal; readonly body?: never; readonly faults?: never };

type Entry = NonNullable<Position>;

/** Answers one call. It checks the parameters first, then customer, merging and currencies. */
export function answerQuery(query: Query, directory: Directory, bounds: PageBounds): LedgerAnswer {
  const malformed = findRefusal(query, bounds);
  if (malformed) return { refusal: malformed };
  const question = readQuestion(query, bounds);
  const member = directory.find(question);
  if (!member) return { refusal: { code: 8015 } };
  if (member.merged) return { refusal: { code: 8069 } };
  const { alternateCurrencyNames: names, pointCategoryType } = question.filter;
  if (names && !directory.hasCurrency(names, pointCategoryType)) return { refusal: { code: 9018 } };
  const positions = filterLedger(member.ledger, question.filter);
  const page = cutPage(positions, question.limit, question.offset, member.totalEntries);
  return { body: writeJson(buildBody(member, page), member.jsonStyle), faults: member.faults ?? [] };
}

/** One page. `entries` can be fewer than `pageSize` although more pages follow. */
type Page<Shown> = {
  readonly pageNumber: number;
  readonly pageSize: number;
  readonly totalEntries: number;
  readonly pageCount: number;
  readonly entries: readonly Shown[];
};

/**
 * Cuts the positions from `limit × offset` to `limit × offset + limit − 1`; past the end the page is empty. A hidden
 * position leaves a gap in its page and shifts no later position. `claimedTotal` replaces the number of positions.
 */
export function cutPage<Shown>(
  positions: readonly (Shown | null)[],
  limit: number,
  offset: number,
  claimedTotal: number = positions.length,
): Page<Shown> {
  const start = limit * offset;
  return {
    pageNumber: offset,
    pageSize: limit,
    totalEntries: claimedTotal,
    pageCount: Math.ceil(claimedTotal / limit),
    entries: positions.slice(start, start + limit).filter((position) => position !== null),
  };
}

// The fields stand in the order of the reference's samples.
function buildBody(member: Member, page: Page<Entry>): Json {
  const { entries, ...counts } = page;
  return {
    customerDetails: {
      userId: integer(member.userId, member),
      externalId: member.externalId,
      firstName: member.firstName,
      lastName: member.lastName,
      entityType: member.entityType === undefined ? 'CUSTOMER' : member.entityType,
    },
    ledgerDetails: { ...counts, ledgerClosingBalance: entries.map((entry) => buildEntry(entry, member)) },
    warnings: member.warnings ?? [],
  };
}

// In the sample only an alternate currency has the two last fields.
function buildEntry({ account, closingBalance }: Entry, member: Member): Json {
  return {
    pointsCategory: account.pointsCategory,
    programName: account.programName,
    programId: integer(account.programId, member),
    closingBalance: member.balancesAs === 'number' ? numeral(closingBalance) : closingBalance,
    alternateCurrency: account.alternateCurrency,
    alternateCurrencyCategory: account.alternateCurrency === undefined ? undefined : categoryTypeOf(account),
  };
}

function integer(digits: string, member: Member): Json {
  return member.idsAs === 'string' ? digits : numeral(digits);
}
