/** Relay's fragment, read from docs/clients.md, and a query that spreads it. */

import { partOf } from '../../test/document-parts.ts';

const query = `
  query BalancesQuery($identifier: CustomerIdentifierInput!, $categoryType: PointCategoryType, $count: Int) {
    customer(identifier: $identifier) {
      ...Balances_customer @arguments(count: $count)
    }
  }
`;

const fragment = partOf('docs/clients.md', /```graphql\n(fragment Balances_customer[^`]*)```/);

/** For each direction: the document's, and the same with `last` and `before`. */
export const documents = {
  forward: fragment + query,
  backward: fragment.replace('first:', 'last:').replace('after:', 'before:') + query,
} as const;
