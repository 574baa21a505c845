/** What a test uses of a kit: the lists that a page shows, and what stands beside them. */

import type { CustomerIdentifierInput, PointCategoryType } from '../gql/graphql.ts';
import type { Notice } from '../notice.ts';

/** A list to open. */
export type ListQuestion = {
  readonly identifier: CustomerIdentifierInput;
  readonly categoryType?: PointCategoryType;
  readonly endDate?: string;
  /** Default: the query's own. */
  readonly first?: number;
};

/** A list that a page shows. */
export type OpenList = {
  /** The categories of all entries, in order; `undefined` while there is no list. */
  readonly categories: () => readonly string[] | undefined;
  /** The keys of the entries' rows. */
  readonly keys: () => readonly string[];
  readonly hasNextPage: () => boolean;
  /** What stands beside the list after the latest request. */
  readonly notice: () => Notice | undefined;
  /** What endless scrolling, or the button, does. */
  readonly loadMore: () => Promise<void>;
  /** What the button "try again" does after a first page that failed. */
  readonly askAgain: () => Promise<void>;
};

/** A page in a browser: one client with its cache. Another list opened later reads the cache first. */
export type KitClient = { readonly open: (question: ListQuestion) => Promise<OpenList> };

/** Makes a client with the kit's set-up. */
export type ConnectKit = (url: string) => KitClient;
