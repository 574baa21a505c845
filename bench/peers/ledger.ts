/**
 * What a competent team writes for this endpoint, whatever its server: a schema with a Relay connection, and resolvers
 * that read as few pages as the window needs. The schema is the part of ours that is measured, so that all get one text.
 */

import { GraphQLError } from 'graphql';
import { type Entry, type Page, type PageQuestion, pageSize } from './endpoint.ts';

/** The schema. */
export const typeDefs = `
  enum IdentifierName { MOBILE EMAIL EXTERNAL_ID CARD_NUMBER CARD_EXTERNAL_ID ID }
  enum CustomerSource { INSTORE MARTJACK WECHAT FACEBOOK WEB_ENGAGE TMALL TAOBAO JD ECOMMERCE WEBSITE LINE ALL }
  input CustomerIdentifierInput { name: IdentifierName! value: String! source: CustomerSource = INSTORE accountId: ID }
  type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
  type ClosingBalance {
    pointsCategory: String! programId: ID! programName: String closingBalance: String!
    alternateCurrency: String alternateCurrencyCategory: String
  }
  type LedgerBalanceEdge { cursor: String! node: ClosingBalance! }
  type LedgerBalance { edges: [LedgerBalanceEdge!]! pageInfo: PageInfo! totalCount: Int! }
  type Customer {
    userId: ID! externalId: String firstName: String lastName: String entityType: String
    ledgerBalance(first: Int = 10, after: String): LedgerBalance!
  }
  type Query {
    customer(identifier: CustomerIdentifierInput!): Customer
    customers(identifiers: [CustomerIdentifierInput!]!): [Customer]!
  }
`;

/** How a context gives a page; undefined when there is no such customer. The loads of one request are shared. */
export type LoadPage = (question: PageQuestion) => Promise<Page | undefined>;

/** The context of a request. */
export type LedgerContext = { readonly loadPage: LoadPage };

type Identifier = {
  readonly name: keyof typeof identifierNames;
  readonly value: string;
  readonly source: string;
  readonly accountId?: string;
};

type Customer = Page['customerDetails'] & { readonly question: Omit<PageQuestion, 'pageNumber'> };

/** The schema's names of identifiers, and the endpoint's. */
const identifierNames = {
  MOBILE: 'mobile',
  EMAIL: 'email',
  EXTERNAL_ID: 'externalId',
  CARD_NUMBER: 'cardnumber',
  CARD_EXTERNAL_ID: 'cardExternalId',
  ID: 'id',
} as const;

const badInput = (message: string) => new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });

const encodeCursor = (position: number): string => Buffer.from(`entry:${position}`).toString('base64url');

const decodeCursor = (cursor: string): number => {
  const position = /^entry:(\d+)$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (position === undefined) throw badInput('Expected a cursor of this list');
  return Number(position);
};

async function loadCustomer(identifier: Identifier, { loadPage }: LedgerContext): Promise<Customer | null> {
  const { name, value: identifierValue, source, accountId } = identifier;
  const question = { identifierName: identifierNames[name], identifierValue, source, accountId };
  const page = await loadPage({ ...question, pageNumber: 0 });
  return page === undefined ? null : { ...page.customerDetails, question };
}

type Window = { readonly first: number; readonly after?: string | null };

/** The page in which the window begins tells how many there are; the others are then asked for at once. */
async function loadPages({ question }: Customer, start: number, end: number, loadPage: LoadPage) {
  const firstPage = Math.floor(start / pageSize);
  const head = await loadPage({ ...question, pageNumber: firstPage });
  if (head === undefined) return [];
  const pageCount = Math.min(Math.ceil(end / pageSize), head.ledgerDetails.pageCount) - firstPage;
  const rest = Array.from({ length: Math.max(0, pageCount - 1) }, (_, index) =>
    loadPage({ ...question, pageNumber: firstPage + 1 + index }),
  );
  return [head, ...(await Promise.all(rest))];
}

type Edge = { readonly cursor: string; readonly node: Entry };

/** The window's edges. The position of an entry is that of its page and its place in it. */
const edgesOf = (pages: readonly (Page | undefined)[], start: number, end: number): readonly Edge[] => {
  const firstPosition = Math.floor(start / pageSize) * pageSize;
  return pages
    .flatMap((page, index) =>
      (page?.ledgerDetails.ledgerClosingBalance ?? []).map((node, place) => ({
        position: firstPosition + index * pageSize + place,
        node,
      })),
    )
    .filter(({ position }) => position >= start && position < end)
    .map(({ position, node }) => ({ cursor: encodeCursor(position), node }));
};

async function loadConnection(customer: Customer, { first, after }: Window, { loadPage }: LedgerContext) {
  if (first < 1 || first > 200) throw badInput('Expected first to be from 1 to 200');
  const start = after === undefined || after === null ? 0 : decodeCursor(after) + 1;
  const pages = await loadPages(customer, start, start + first, loadPage);
  const edges = edgesOf(pages, start, start + first);
  const totalCount = pages[0]?.ledgerDetails.totalEntries ?? 0;
  return {
    edges,
    totalCount,
    pageInfo: {
      hasNextPage: start + first < totalCount,
      hasPreviousPage: start > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** The resolvers of the schema. */
export const resolvers = {
  Query: {
    customer: (_: unknown, { identifier }: { readonly identifier: Identifier }, context: LedgerContext) =>
      loadCustomer(identifier, context),
    customers: (
      _: unknown,
      { identifiers }: { readonly identifiers: readonly Identifier[] },
      context: LedgerContext,
    ) => identifiers.map((identifier) => loadCustomer(identifier, context)),
  },
  Customer: {
    ledgerBalance: (customer: Customer, window: Window, context: LedgerContext) =>
      loadConnection(customer, window, context),
  },
};

/** The error for a call that the endpoint refused or did not answer. */
export function upstreamError(message: string, upstreamCode?: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UPSTREAM_ERROR', upstreamCode } });
}
