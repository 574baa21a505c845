/**
 * The schema as clients were promised it, without descriptions. It never changes in meaning: types, fields, optional
 * arguments and enum values may be added to the real one, nothing here may be taken away.
 */
export const contract = /* GraphQL */ `
  scalar Decimal
  scalar LocalDateTime

  type Query {
    customer(identifier: CustomerIdentifierInput!): Customer
    customers(identifiers: [CustomerIdentifierInput!]!): [Customer]!
    node(id: ID!): Node
    nodes(ids: [ID!]!): [Node]!
  }

  input CustomerIdentifierInput {
    name: IdentifierName!
    value: String!
    source: CustomerSource = INSTORE
    accountId: ID
  }
  enum IdentifierName { MOBILE EMAIL EXTERNAL_ID CARD_NUMBER CARD_EXTERNAL_ID ID }
  enum CustomerSource {
    INSTORE MARTJACK WECHAT FACEBOOK WEB_ENGAGE TMALL TAOBAO JD ECOMMERCE WEBSITE LINE ALL
  }
  enum PointCategoryType { REGULAR PROMISED TRIGGER_BASED }
  enum LedgerEntryType { CREDIT DEBIT OPENING_BALANCE }

  interface Node { id: ID! }

  type Customer implements Node {
    id: ID!
    userId: ID!
    externalId: String
    firstName: String
    lastName: String
    entityType: String
    ledgerBalance(
      endDate: LocalDateTime
      categoryType: PointCategoryType
      ledgerEntryType: LedgerEntryType
      currencies: [String!]
      includeAllCurrencies: Boolean = false
      tillId: ID
      includeTillConceptEvents: Boolean = false
      first: Int, after: String, last: Int, before: String
    ): LedgerBalance
  }

  type LedgerBalance {
    edges: [LedgerBalanceEdge!]!
    nodes: [ClosingBalance!]!
    pageInfo: PageInfo!
    totalCount: Int!
    warnings: [LedgerWarning!]!
  }
  type LedgerBalanceEdge { cursor: String!  node: ClosingBalance! }
  type ClosingBalance {
    pointsCategory: String!
    programId: ID!
    programName: String
    closingBalance: Decimal!
    alternateCurrency: String
    alternateCurrencyCategory: String
  }
  type LedgerWarning { code: String  message: String!  cause: String  retryable: Boolean  retryAfter: Int }
  type PageInfo {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`;
