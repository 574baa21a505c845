/**
 * The operations that are measured, each in the language of the servers that understand it, and the answer that each
 * must give. Pure.
 */

/** How an operation is put to a server, and its answer read: our schema, an OpenAPI file made GraphQL, or the proxy. */
export type Language = 'connection' | 'openapi' | 'proxy';

/** One of the measured operations. */
export type Operation = {
  readonly name: string;
  /** What it asks for, for people. */
  readonly title: string;
  /** Different customers in one request. */
  readonly customers: number;
  /** How often the one customer is asked for. */
  readonly aliases: number;
  /** Entries of each customer, a multiple of the endpoint's page. */
  readonly entries: number;
};

/** The simplest operation, with which a server shows that it is up. */
export const firstOperation: Operation = {
  name: 'Q1',
  title: 'one customer, 10 entries',
  customers: 1,
  aliases: 1,
  entries: 10,
};

/** All operations. */
export const operations: readonly Operation[] = [
  firstOperation,
  { name: 'Q2', title: '20 customers, 10 entries each', customers: 20, aliases: 1, entries: 10 },
  { name: 'Q3', title: 'one customer, 50 entries (5 pages)', customers: 1, aliases: 1, entries: 50 },
  { name: 'Q4', title: 'one customer ten times, by alias', customers: 1, aliases: 10, entries: 10 },
];

const pageSize = 10;

const details = 'userId externalId firstName lastName entityType';
const entry =
  'pointsCategory programName programId closingBalance alternateCurrency alternateCurrencyCategory';

const listOf = (length: number) => Array.from({ length }, (_, index) => index);

/** An operation as the body of a POST, with a place in the text for each identifier. */
type Body = {
  readonly operationName: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** A customer of our schema, written out: what a typed client sends has been printed from fragments. */
const customerSelection = (entries: number): string =>
  `{ ${details} ledgerBalance(first: ${entries}) { totalCount edges { cursor node { ${entry} } } ` +
  'pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';

const connectionBody = (
  { name, customers, aliases, entries }: Operation,
  values: readonly string[],
): Body => {
  const selection = customerSelection(entries);
  if (customers > 1) {
    return {
      operationName: name,
      query: `query ${name}($identifiers: [CustomerIdentifierInput!]!) { customers(identifiers: $identifiers) ${selection} }`,
      variables: { identifiers: values.map((value) => ({ name: 'MOBILE', value })) },
    };
  }
  const fields = listOf(aliases).map((alias) => `a${alias}: customer(identifier: $identifier) ${selection}`);
  return {
    operationName: name,
    query: `query ${name}($identifier: CustomerIdentifierInput!) { ${fields.join(' ')} }`,
    variables: { identifier: { name: 'MOBILE', value: values[0] } },
  };
};

/** The OpenAPI file has no lists and no connection: a field for each customer and page, by alias. */
const openapiBody = ({ name, aliases, entries }: Operation, values: readonly string[]): Body => {
  const selection =
    `{ ... on LedgerBalanceResponse { customerDetails { ${details} } ` +
    `ledgerDetails { totalEntries ledgerClosingBalance { ${entry} } } } }`;
  const field = (value: number, page: number) =>
    'getCustomerLedgerBalance(identifierName: mobile, ' +
    `identifierValue: $v${value}, source: INSTORE, limit: ${pageSize}, offset: ${page}) ${selection}`;
  const pages = listOf(entries / pageSize);
  const fields = listOf(aliases).flatMap(() =>
    values.flatMap((_, value) => pages.map((page) => field(value, page))),
  );
  const variables = Object.fromEntries(values.map((value, index) => [`v${index}`, value]));
  const declarations = Object.keys(variables).map((variable) => `$${variable}: String!`);
  const query = `query ${name}(${declarations.join(', ')}) { ${fields.map((text, index) => `a${index}: ${text}`).join(' ')} }`;
  return { operationName: name, query, variables };
};

/** The proxy gets the query as well, though it does not read it: it has as many bytes to take in as the others. */
const proxyBody = (operation: Operation, values: readonly string[]): Body => ({
  ...connectionBody(operation, values),
  variables: { values, pages: operation.entries / pageSize },
});

const bodies = { connection: connectionBody, openapi: openapiBody, proxy: proxyBody };

/** Length of every identifier, in characters. */
const identifierLength = 12;

/** The identifier with this number; the same length for all, so that every body of an operation has one length. */
export const identifierOf = (number: number): string => `4477${String(number).padStart(8, '0')}`;

/** Makes the body for given identifiers; a body is put together from texts, because a measured load has no time to write JSON. */
export type BodyWriter = (values: readonly string[]) => string;

/** A writer of the bodies of an operation in a language. */
export function createBodyWriter(operation: Operation, language: Language): BodyWriter {
  const marks = listOf(operation.customers).map((index) => `@${index}`.padEnd(identifierLength, '@'));
  const text = JSON.stringify(bodies[language](operation, marks));
  const [head = '', ...tails] = text.split(/@\d+@+/);
  return (values) => tails.reduce((body, tail, index) => body + values[index] + tail, head);
}

const bytesPerKB = 1000;

/**
 * Makes a body so long, in KB, by a comment before the query: comments count no tokens. `mark` stands in the comment. The
 * comment's line ends before the query begins.
 */
export function lengthened(body: string, kilobytes: number, mark: string): string {
  const missing = kilobytes * bytesPerKB - body.length;
  const comment = `# ${mark}${'x'.repeat(Math.max(0, missing - mark.length - 4))}\\n`;
  return body.replace('"query":"', `"query":"${comment}`);
}
