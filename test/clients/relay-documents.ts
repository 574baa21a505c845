/** The fragment that README.md gives to users of Relay, taken from there, and a query that spreads it. */

import { fromReadme } from '../readme-parts.ts';

const query = `
  query BalancesQuery($identifier: CustomerIdentifierInput!, $categoryType: PointCategoryType, $count: Int) {
    customer(identifier: $identifier) {
      ...Balances_customer @arguments(count: $count)
    }
  }
`;

const fragment = fromReadme(/```graphql\n(fragment Balances_customer[^`]*)```/);

/** For each direction: the README's, and the same with `last` and `before`. */
export const documents = {
  forward: fragment + query,
  backward: fragment.replace('first:', 'last:').replace('after:', 'before:') + query,
} as const;
