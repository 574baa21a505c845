/** What a test uses of a client: a list as the client's cache shows it, and its next page. */

import { categoriesOf, type Direction, goOn } from '../../test/gateway/walk.ts';
import type { BalancePageFragment, PointCategoryType } from '../../test/generated/graphql.ts';

/** The list to open, the direction and the page size. */
export type ListQuestion = {
  readonly direction: Direction;
  readonly size: number;
  readonly categoryType?: PointCategoryType;
};

/** One list of balances. Everything except `more` reads the client's cache, and throws if the list is not there. */
export type ShownList = {
  /** The categories of all pages so far, in the order of the list. */
  readonly categories: () => readonly string[];
  /** Whether there is a next page in this direction, and the cursor before it. */
  readonly goOn: () => readonly [hasMore: boolean, cursor: string | null];
  /** The codes of the warnings on the last page. */
  readonly warnings: () => readonly (string | null)[];
  /** Asks for the next page. Rejects if that fails. */
  readonly more: () => Promise<void>;
};

/** A client with a cache of its own. `openList` asks for the first page. */
export type Connect = (fetch: typeof globalThis.fetch) => {
  readonly openList: (question: ListQuestion) => Promise<ShownList>;
};

/** The gateway's URL for the clients. */
export const url = 'http://gateway.test/graphql';

/** A list that `readPage` reads from the cache and `askFrom` extends. */
export function showList(
  direction: Direction,
  readPage: () => BalancePageFragment | null | undefined,
  askFrom: (cursor: string | null) => Promise<unknown>,
): ShownList {
  const page = (): BalancePageFragment => {
    const shown = readPage();
    if (!shown) throw new Error('The list is not in the cache');
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
