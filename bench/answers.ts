/**
 * Whether servers answer alike: every body is read into one shape and compared with what the upstream holds. The text
 * of cursors may differ; what they promise may not. Pure.
 */

import { deepStrictEqual } from 'node:assert';
import type { Language, Operation } from './operations.ts';
import { customerOf, detailsOf, type Entry, entriesOf, entryCount } from './servers/pages.ts';

/** A customer as every server tells it: its numbers as text, and an absent field as null. */
type Customer = {
  readonly details: Readonly<Record<string, string | null>>;
  readonly totalCount: number;
  readonly entries: readonly Readonly<Record<string, string | null>>[];
};

type Json = Readonly<Record<string, unknown>>;

const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

const pick = (source: Json, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, textOf(source[name])]));

const pickDetails = (source: Json) =>
  pick(source, ['userId', 'externalId', 'firstName', 'lastName', 'entityType']);

const pickEntry = (source: Json) =>
  pick(source, [
    'pointsCategory',
    'programName',
    'programId',
    'closingBalance',
    'alternateCurrency',
    'alternateCurrencyCategory',
  ]);

type Edge = { readonly cursor: string; readonly node: Json };
type Connection = {
  readonly totalCount: number;
  readonly edges: readonly Edge[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
};

/** A cursor of its own for each edge, the first and the last of them in `pageInfo`, and the truth about what follows. */
function checkCursors({ edges, pageInfo, totalCount }: Connection): void {
  const cursors = edges.map(({ cursor }) => cursor);
  deepStrictEqual(new Set(cursors).size, edges.length, 'Expected a cursor of its own for each edge');
  deepStrictEqual(pageInfo, {
    hasNextPage: edges.length < totalCount,
    hasPreviousPage: false,
    startCursor: cursors.at(0) ?? null,
    endCursor: cursors.at(-1) ?? null,
  });
}

const readConnectionCustomer = (customer: Json & { readonly ledgerBalance: Connection }): Customer => {
  const { ledgerBalance } = customer;
  checkCursors(ledgerBalance);
  return {
    details: pickDetails(customer),
    totalCount: ledgerBalance.totalCount,
    entries: ledgerBalance.edges.map(({ node }) => pickEntry(node)),
  };
};

type Page = {
  readonly customerDetails: Json;
  readonly ledgerDetails: { readonly totalEntries: number; readonly ledgerClosingBalance: readonly Json[] };
};

/** Pages of one customer, put together. */
const readPages = (pages: readonly Page[]): Customer => {
  const [first] = pages;
  if (first === undefined) throw new Error('Expected a page, got none');
  return {
    details: pickDetails(first.customerDetails),
    totalCount: first.ledgerDetails.totalEntries,
    entries: pages.flatMap(({ ledgerDetails }) => ledgerDetails.ledgerClosingBalance.map(pickEntry)),
  };
};

const inGroups = <Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] =>
  values.length === 0 ? [] : [values.slice(0, size), ...inGroups(values.slice(size), size)];

const readers: Readonly<Record<Language, (body: string, operation: Operation) => readonly Customer[]>> = {
  connection: (body) => {
    const { data } = JSON.parse(body);
    return (data.customers ?? Object.values(data)).map(readConnectionCustomer);
  },
  openapi: (body, { entries }) =>
    inGroups(Object.values<Page>(JSON.parse(body).data), entries / 10).map(readPages),
  proxy: (body, { entries }) => inGroups<Page>([JSON.parse(body)].flat(), entries / 10).map(readPages),
};

const expectedCustomer = (identifier: string, entries: number): Customer => {
  const customer = customerOf(identifier);
  return {
    details: pickDetails(detailsOf(customer)),
    totalCount: entryCount,
    entries: entriesOf(customer, 0, entries).map((entry: Entry) => pickEntry(entry)),
  };
};

/** Throws when a body is not the answer to an operation about these identifiers. The proxy makes one call for all aliases. */
export function checkAnswer(
  body: string,
  operation: Operation,
  language: Language,
  identifiers: readonly string[],
): void {
  const times = language === 'proxy' ? 1 : operation.aliases;
  const expected = Array.from({ length: times }, () =>
    identifiers.map((identifier) => expectedCustomer(identifier, operation.entries)),
  ).flat();
  deepStrictEqual(readers[language](body, operation), expected);
}
