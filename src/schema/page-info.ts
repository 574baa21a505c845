/**
 * Relay's PageInfo, with what its fields mean over this upstream.
 */
import type { PageInfo as PageMarks } from '../ledger/list/connection.ts';
import type { CursorCodec } from '../ledger/sealing/cursor.ts';
import { builder } from './builder.ts';

/** A page and how to seal its cursors; they are sealed only where selected. */
export type SealedPage = { readonly page: PageMarks; readonly cursors: CursorCodec };

/** Where a page begins and ends, and whether there is more. */
export const PageInfo = builder.objectRef<SealedPage>('PageInfo').implement({
  description: 'Where a page begins and ends, and whether there is more (Relay Cursor Connections).',
  fields: (t) => ({
    hasNextPage: t.boolean({
      description:
        'Whether there is, or may be, an entry after this page. While positions remain that have not been read ' +
        'it is true, though they may turn out to be empty: the next page then has no edges and says false.',
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
        'ended early going backward: then it marks how far reading came.',
      resolve: ({ page, cursors }) => page.startMark && cursors.seal(page.startMark),
    }),
    endCursor: t.string({
      nullable: true,
      description:
        'The cursor to go on from, with `first` and `after`. Null on a page without edges, unless the list ended ' +
        "early going forward: then it marks how far reading came, which may lie past the last edge's own cursor.",
      resolve: ({ page, cursors }) => page.endMark && cursors.seal(page.endMark),
    }),
  }),
});
