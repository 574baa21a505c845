/**
 * GraphiQL, from the bundled page: nothing is loaded from elsewhere.
 */
import type { GraphiQLOptions } from 'graphql-yoga';

const defaultQuery = `# Welcome. Run this with the triangle above, or press Ctrl-Enter.
# Without settings the built-in sandbox answers, with demonstration data.

query FirstPage($mobile: String!) {
  customer(identifier: { name: MOBILE, value: $mobile }) {
    firstName
    ledgerBalance(first: 10) {
      totalCount
      edges {
        cursor
        node {
          pointsCategory
          programName
          closingBalance
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
`;

/** What GraphiQL opens with. */
export const explorerOptions: GraphiQLOptions = {
  title: 'Ledger balances',
  defaultTabs: [{ query: defaultQuery, variables: JSON.stringify({ mobile: '447700900001' }, null, 2) }],
};
