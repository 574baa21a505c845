/**
 * The connection type: a stretch of a customer's closing balances.
 */
import type { BalancePage, Edge } from '../ledger/list/connection.ts';
import type { CursorCodec } from '../ledger/sealing/cursor.ts';
import { builder } from './builder.ts';
import { inChunks } from './chunks.ts';
import { ClosingBalance } from './closing-balance.ts';
import { PageInfo } from './page-info.ts';

/** A page of balances and how to seal its cursors. */
export type LedgerBalanceParent = { readonly page: BalancePage; readonly cursors: CursorCodec };

const LedgerBalanceEdge = builder
  .objectRef<{ readonly edge: Edge; readonly cursors: CursorCodec }>('LedgerBalanceEdge')
  .implement({
    description: 'One closing balance at its place in the list.',
    fields: (t) => ({
      cursor: t.string({
        description:
          'The place as an opaque text, for `after` and `before`. Good for this customer and these filters.',
        resolve: ({ edge, cursors }) => cursors.seal(edge.mark),
      }),
      node: t.field({ type: ClosingBalance, description: 'The balance.', resolve: ({ edge }) => edge.node }),
    }),
  });

const LedgerWarning = builder.objectRef<BalancePage['warnings'][number]>('LedgerWarning').implement({
  description: 'A remark on an answer that is not an error.',
  fields: (t) => ({
    code: t.exposeString('code', {
      nullable: true,
      description:
        "The upstream's code, or the gateway's own: `LIST_INCOMPLETE` (the list ended early, `cause` says " +
        'why) or `LIST_CHANGED` (the list is not the one it was when it was begun). Null when the upstream gives none.',
    }),
    message: t.exposeString('message', { description: 'The remark in words.' }),
    cause: t.exposeString('cause', {
      nullable: true,
      description:
        'With `LIST_INCOMPLETE`: the code of the failure that ended the list, one of those that errors have in ' +
        '`extensions.code`. Else null.',
    }),
    retryable: t.exposeBoolean('retryable', {
      nullable: true,
      description:
        'With `LIST_INCOMPLETE`: whether the same request may show more a little later, as `extensions.retryable` ' +
        'says it of errors. Going on from the cursor is always possible. Else null.',
    }),
    retryAfter: t.exposeInt('retryAfter', {
      nullable: true,
      description:
        'With `LIST_INCOMPLETE` and the cause `RATE_LIMITED`: seconds to wait before going on, at least 1. Else null.',
    }),
  }),
});

/** The connection. */
export const LedgerBalance = builder.objectRef<LedgerBalanceParent>('LedgerBalance').implement({
  description: "A stretch of a customer's closing balances, as a Relay connection.",
  fields: (t) => ({
    edges: t.field({
      type: [LedgerBalanceEdge],
      description:
        'The balances with their cursors, in the order of the list: as many as were asked for while that many exist, ' +
        'unless a warning says `LIST_INCOMPLETE`.',
      resolve: ({ page, cursors }, _, context) =>
        inChunks(
          page.edges.map((edge) => ({ edge, cursors })),
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
