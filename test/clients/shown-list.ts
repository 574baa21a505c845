/** What a test sees of a client: a list as the client's own cache shows it, and the wish for its next page. */

import { categoriesOf, type Direction, goOn } from '../gateway/walk.ts';
import type { BalancePageFragment, PointCategoryType } from '../generated/graphql.ts';

/** Which list of the one member to open, from which end, and by pages of what size. */
export type ListQuestion = {
  readonly direction: Direction;
  readonly size: number;
  readonly categoryType?: PointCategoryType;
};

/** One list of balances. Everything but `more` is read from the client's cache anew, and throws if it is lost there. */
export type ShownList = {
  /** The categories of all pages so far, in the order of the list. */
  readonly categories: () => readonly string[];
  /** Whether there is more in the direction of the walk, and the cursor to go on from. */
  readonly goOn: () => readonly [hasMore: boolean, cursor: string | null];
  /** The codes of the warnings on the page that came last. */
  readonly warnings: () => readonly (string | null)[];
  /** Asks for the next page. Rejects if it could not be had. */
  readonly more: () => Promise<void>;
};

/** A client with a cache of its own that talks through `fetch`. Opening a list asks for its first page. */
export type Connect = (fetch: typeof globalThis.fetch) => {
  readonly openList: (question: ListQuestion) => Promise<ShownList>;
};

/** Where the clients believe the gateway to be. */
export const url = 'http://gateway.test/graphql';

/** The list as `readPage` finds it, and a way to go on with the cursor that it holds. */
export function showList(
  direction: Direction,
  readPage: () => BalancePageFragment | null | undefined,
  askFrom: (cursor: string | null) => Promise<unknown>,
): ShownList {
  const page = (): BalancePageFragment => {
    const shown = readPage();
    if (!shown) throw new Error('The list is shown no more');
    return shown;
  };
  const cursor = () => goOn(page(), direction);
  return {
    categories: () => categoriesOf(page()),
    goOn: cursor,
    warnings: () => page().warnings.map(({ code }) => code),
    more: async () => {
      await askFrom(cursor()[1]);
    },
  };
}

/** The variables of a page of a list, for a client whose query takes all four paging arguments. */
export function windowOf({ direction, size }: ListQuestion, cursor?: string | null) {
  return direction === 'forward' ? { first: size, after: cursor } : { last: size, before: cursor };
}
