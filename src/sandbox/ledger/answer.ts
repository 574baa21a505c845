/**
 * Answers one question about a ledger: who is meant, what of the ledger is listed, which page of it.
 * Pure; knows neither sockets nor credentials.
 */

import type { Fault } from '../faults/faults.ts';
import { type Json, numeral, writeJson } from '../wire/json-text.ts';
import type { Refusal } from '../wire/refusals.ts';
import type { Directory } from './directory.ts';
import { categoryTypeOf, filterLedger, type Position } from './ledger.ts';
import type { Member } from './member.ts';
import { cutPage, type Page } from './paging.ts';
import { findRefusal, type PageBounds, type Query, readQuestion } from './question.ts';

/** The success body as JSON text with the member's own faults, or why there is none. */
export type LedgerAnswer =
  | { readonly body: string; readonly faults: readonly Fault[]; readonly refusal?: never }
  | { readonly refusal: Refusal; readonly body?: never; readonly faults?: never };

type Entry = NonNullable<Position>;

/**
 * Answers the query parameters of one call. Refusals come in the order in which the endpoint can know
 * them: parameters, customer, merging, then what concerns the filter alone.
 */
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

// The order of members is that of the reference's samples: a reader must not depend on it, a person may.
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

// The two fields of an alternate currency stand on its entries only (sample).
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
