/** The operations that tests send. Codegen types their variables and answers by the schema. */
import { graphql } from './generated/index.ts';

graphql(`
  fragment BalancePage on LedgerBalance {
    totalCount
    edges {
      cursor
      node {
        pointsCategory
        closingBalance
      }
    }
    pageInfo {
      hasNextPage
      hasPreviousPage
      startCursor
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
`);

/** One list of one customer, any filter, any window. */
export const balances = graphql(`
  query Balances(
    $identifier: CustomerIdentifierInput!
    $endDate: LocalDateTime
    $categoryType: PointCategoryType
    $ledgerEntryType: LedgerEntryType
    $currencies: [String!]
    $includeAllCurrencies: Boolean! = false
    $tillId: ID
    $includeTillConceptEvents: Boolean! = false
    $first: Int
    $after: String
    $last: Int
    $before: String
  ) {
    customer(identifier: $identifier) {
      id
      ledgerBalance(
        endDate: $endDate
        categoryType: $categoryType
        ledgerEntryType: $ledgerEntryType
        currencies: $currencies
        includeAllCurrencies: $includeAllCurrencies
        tillId: $tillId
        includeTillConceptEvents: $includeTillConceptEvents
        first: $first
        after: $after
        last: $last
        before: $before
      ) {
        ...BalancePage
      }
    }
  }
`);

/** The same list by the customer's id. */
export const balancesByNode = graphql(`
  query BalancesByNode($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    node(id: $id) {
      id
      ... on Customer {
        ledgerBalance(first: $first, after: $after, last: $last, before: $before) {
          ...BalancePage
        }
      }
    }
  }
`);

/** Every field there is, of one customer. */
export const everything = graphql(`
  query Everything($identifier: CustomerIdentifierInput!, $includeAllCurrencies: Boolean! = false) {
    customer(identifier: $identifier) {
      id
      userId
      externalId
      firstName
      lastName
      entityType
      ledgerBalance(includeAllCurrencies: $includeAllCurrencies) {
        nodes {
          pointsCategory
          programId
          programName
          closingBalance
          alternateCurrency
          alternateCurrencyCategory
        }
        totalCount
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

/** Who a customer is, without any balance. */
export const details = graphql(`
  query Details($identifier: CustomerIdentifierInput!) {
    customer(identifier: $identifier) {
      id
      userId
      firstName
    }
  }
`);

/** Several customers at once. */
export const customersDetails = graphql(`
  query CustomersDetails($identifiers: [CustomerIdentifierInput!]!) {
    customers(identifiers: $identifiers) {
      id
      userId
    }
  }
`);

/** Several nodes at once. */
export const nodesDetails = graphql(`
  query NodesDetails($ids: [ID!]!) {
    nodes(ids: $ids) {
      id
      ... on Customer {
        userId
      }
    }
  }
`);
