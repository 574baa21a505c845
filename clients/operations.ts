/** The query that the clients share: one list of one customer, a page at a time. Codegen types its variables and its answer. */

import { graphql } from './gql/index.ts';

/** Always with the customer's `id`: caches find the list by it. */
export const balancesQuery = graphql(`
  query Balances(
    $identifier: CustomerIdentifierInput!
    $categoryType: PointCategoryType
    $endDate: LocalDateTime
    $first: Int = 25
    $after: String
  ) {
    customer(identifier: $identifier) {
      id
      firstName
      ledgerBalance(categoryType: $categoryType, endDate: $endDate, first: $first, after: $after) {
        edges {
          cursor
          node {
            pointsCategory
            programName
            closingBalance
            alternateCurrency
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        warnings {
          code
          message
          cause
          retryable
          retryAfter
        }
      }
    }
  }
`);
