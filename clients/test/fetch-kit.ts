/** The kit for plain `fetch`: what a page keeps in its state. */

import { type Ledger, loadMore } from '../fetch/ledger.ts';
import type { ConnectKit } from './kit-client.ts';

export const connectFetchKit: ConnectKit = (url) => ({
  open: async (question) => {
    let ledger: Ledger = { edges: [] };
    const load = async () => {
      ledger = await loadMore(url, question, ledger);
    };
    await load();
    return {
      categories: () => ledger.page && ledger.edges.map(({ node }) => node.pointsCategory),
      keys: () => ledger.edges.map(({ cursor }) => cursor),
      hasNextPage: () => ledger.page?.pageInfo.hasNextPage ?? false,
      notice: () => ledger.notice,
      loadMore: load,
      askAgain: load,
    };
  },
});
