/** A list with `fetch`, as the guide for clients shows it. */

import { type Ledger, loadMore } from '../../fetch/ledger.ts';
import type { BalancesQueryVariables } from '../../gql/graphql.ts';
import { maySelfLoad } from '../../notice.ts';

/** Loads all pages. A `notice` in the result says why it stopped before the end; `loadMore` then goes on from there. */
export async function loadAll(url: string, variables: BalancesQueryVariables): Promise<Ledger> {
  let list: Ledger = { edges: [] };
  do list = await loadMore(url, variables, list);
  while (maySelfLoad(list.page, list.notice));
  return list;
}
