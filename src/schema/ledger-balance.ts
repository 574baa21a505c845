/**
 * The connection type and everything below it: a page of a customer's closing balances.
 */
import type { BalancePage, Edge } from '../ledger/list/connection.ts';
import type { BalanceReading } from '../ledger/reading/customer-demand.ts';
import { builder, type SchemaContext } from './builder.ts';

const ClosingBalance = builder.objectRef<Edge['node']>('ClosingBalance').implement({
  description:
    'What a customer has left in one points category, or one alternate currency, of one loyalty programme. Has no ' +
    'id of its own: only its position in the list tells it from others.',
  fields: (t) => ({
    pointsCategory: t.exposeString('pointsCategory', { description: 'Name of the points category.' }),
    programId: t.exposeID('programId', {
      description: 'Id of the loyalty programme: an integer of any size, as a string, every digit kept.',
    }),
    programName: t.exposeString('programName', {
      nullable: true,
      description: 'Name of the loyalty programme. Null when the upstream gives none.',
    }),
    closingBalance: t.expose('closingBalance', {
      type: 'Decimal',
      description: 'The balance as of the moment asked for, with every digit that the upstream sent.',
    }),
    alternateCurrency: t.exposeString('alternateCurrency', {
      nullable: true,
      description: 'Name of the alternate currency. Null on balances in ordinary points.',
    }),
    alternateCurrencyCategory: t.exposeString('alternateCurrencyCategory', {
      nullable: true,
      description: 'Category of the alternate currency. Null on balances in ordinary points.',
    }),
  }),
});

const LedgerBalanceEdge = builder
  .objectRef<Pick<Edge, 'node'> & Pick<BalanceReading, 'cursors'> & { readonly index: number }>(
    'LedgerBalanceEdge',
  )
  .implement({
    description: 'One closing balance at its position in the list.',
    fields: (t) => ({
      cursor: t.string({
        description:
          'The position as an opaque text, for `after` and `before`. Valid for this customer and these filters.',
        resolve: ({ cursors, index }) => cursors().edges[index] ?? '',
      }),
      node: t.expose('node', { type: ClosingBalance, description: 'The balance.' }),
    }),
  });

const LedgerWarning = builder.objectRef<BalancePage['warnings'][number]>('LedgerWarning').implement({
  description: 'A remark on an answer that is not an error.',
  fields: (t) => ({
    code: t.exposeString('code', {
      nullable: true,
      description:
        "The upstream's code, or the gateway's own: `LIST_INCOMPLETE` (the list ended early, `cause` says " +
        'why) or `LIST_CHANGED` (the list has changed since its first page). Null when the upstream gives none.',
    }),
    message: t.exposeString('message', { description: 'The remark in words.' }),
    cause: t.exposeString('cause', {
      nullable: true,
      description:
        'With `LIST_INCOMPLETE`: the code of the failure that ended the list, one of the codes in ' +
        '`extensions.code` of errors. Else null.',
    }),
    retryable: t.exposeBoolean('retryable', {
      nullable: true,
      description:
        'With `LIST_INCOMPLETE`: whether the same request may show more a little later, like `extensions.retryable` ' +
        'of errors. Going on from the cursor is always possible. Else null.',
    }),
    retryAfter: t.exposeInt('retryAfter', {
      nullable: true,
      description:
        'With `LIST_INCOMPLETE` and the cause `RATE_LIMITED`: seconds to wait before going on, at least 1. Else null.',
    }),
  }),
});

const PageInfo = builder.objectRef<BalanceReading>('PageInfo').implement({
  description: 'Where a page begins and ends, and whether there is more (Relay Cursor Connections).',
  fields: (t) => ({
    hasNextPage: t.boolean({
      description:
        'Whether there is, or may be, an entry after this page. It is true while positions remain unread, even if they ' +
        'turn out to be empty. The next page then has no edges and says false.',
      resolve: ({ page }) => page.hasNextPage,
    }),
    hasPreviousPage: t.boolean({
      description: 'Whether there is, or may be, an entry before this page.',
      resolve: ({ page }) => page.hasPreviousPage,
    }),
    startCursor: t.string({
      nullable: true,
      description:
        'The cursor to go back from, with `last` and `before`. Null on a page without edges, unless the list ' +
        'ended early going backward: then it marks how far the list was read.',
      resolve: ({ cursors }) => cursors().start,
    }),
    endCursor: t.string({
      nullable: true,
      description:
        'The cursor to go on from, with `first` and `after`. Null on a page without edges, unless the list ended ' +
        "early going forward: then it marks how far the list was read, maybe past the last edge's own cursor.",
      resolve: ({ cursors }) => cursors().end,
    }),
  }),
});

/** The connection. */
export const LedgerBalance = builder.objectRef<BalanceReading>('LedgerBalance').implement({
  description: "A stretch of a customer's closing balances, as a Relay connection.",
  fields: (t) => ({
    edges: t.field({
      type: [LedgerBalanceEdge],
      description:
        'The balances with their cursors, in the order of the list: as many as were asked for while that many exist, ' +
        'unless a warning says `LIST_INCOMPLETE`.',
      resolve: ({ page, cursors }, _, context) =>
        inChunks(
          page.edges.map(({ node }, index) => ({ node, cursors, index })),
          context,
        ),
    }),
    nodes: t.field({
      type: [ClosingBalance],
      description: 'The balances without their cursors.',
      resolve: ({ page }, _, context) =>
        inChunks(
          page.edges.map(({ node }) => node),
          context,
        ),
    }),
    pageInfo: t.field({
      type: PageInfo,
      description: 'Where this page begins and ends, and whether there is more.',
      resolve: (parent) => parent,
    }),
    totalCount: t.int({
      description: 'How many entries the upstream counts; may exceed what can ever be fetched.',
      resolve: ({ page }) => page.totalCount,
    }),
    warnings: t.field({
      type: [LedgerWarning],
      description: 'Remarks of the upstream and of the gateway, each once.',
      resolve: ({ page }) => page.warnings,
    }),
  }),
});

/** How many entries are completed in one chunk. With fifty fields each, a chunk takes about two milliseconds. */
const chunkSize = 20;

/**
 * Returns the entries. In a large operation, all entries after the first chunk are promises, so that completing a long list
 * does not block the event loop. Each chunk waits for the one before it, and then for a turn with time left.
 */
function inChunks<Entry>(
  entries: readonly Entry[],
  { isLarge, yieldTurn }: SchemaContext,
): readonly (Entry | Promise<Entry>)[] {
  if (!isLarge || entries.length <= chunkSize) return entries;
  let turn = Promise.resolve();
  return entries.map((entry, index) => {
    if (index < chunkSize) return entry;
    if (index % chunkSize === 0) turn = turn.then(yieldTurn);
    return turn.then(() => entry);
  });
}
