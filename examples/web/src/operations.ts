/** The page's one query. Codegen types its variables and its answer from `schema.graphql`. */

import { graphql } from './generated/index.ts';

/**
 * A member with a page of balances. `id` is selected for the cache, which finds the list of a page by it; `cursor` is the
 * key of a row, because two entries can have the same category and programme.
 */
export const memberPoints = graphql(`
  query MemberPoints(
    $identifier: CustomerIdentifierInput!
    $endDate: LocalDateTime
    $currencies: [String!]
    $includeAllCurrencies: Boolean
    $first: Int!
    $after: String
  ) {
    customer(identifier: $identifier) {
      id
      userId
      externalId
      firstName
      lastName
      ledgerBalance(
        endDate: $endDate
        currencies: $currencies
        includeAllCurrencies: $includeAllCurrencies
        first: $first
        after: $after
      ) {
        edges {
          cursor
          node {
            pointsCategory
            programId
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
          retryAfter
        }
      }
    }
  }
`);
