/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment BalancePage on LedgerBalance {\n    totalCount\n    edges {\n      cursor\n      node {\n        pointsCategory\n        closingBalance\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    warnings {\n      code\n      message\n      cause\n      retryable\n      retryAfter\n    }\n  }\n": typeof types.BalancePageFragmentDoc,
    "\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $endDate: LocalDateTime\n    $categoryType: PointCategoryType\n    $ledgerEntryType: LedgerEntryType\n    $currencies: [String!]\n    $includeAllCurrencies: Boolean! = false\n    $tillId: ID\n    $includeTillConceptEvents: Boolean! = false\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      ledgerBalance(\n        endDate: $endDate\n        categoryType: $categoryType\n        ledgerEntryType: $ledgerEntryType\n        currencies: $currencies\n        includeAllCurrencies: $includeAllCurrencies\n        tillId: $tillId\n        includeTillConceptEvents: $includeTillConceptEvents\n        first: $first\n        after: $after\n        last: $last\n        before: $before\n      ) {\n        ...BalancePage\n      }\n    }\n  }\n": typeof types.BalancesDocument,
    "\n  query BalancesByNode($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ledgerBalance(first: $first, after: $after, last: $last, before: $before) {\n          ...BalancePage\n        }\n      }\n    }\n  }\n": typeof types.BalancesByNodeDocument,
    "\n  query Everything($identifier: CustomerIdentifierInput!, $includeAllCurrencies: Boolean! = false) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      externalId\n      firstName\n      lastName\n      entityType\n      ledgerBalance(includeAllCurrencies: $includeAllCurrencies) {\n        nodes {\n          pointsCategory\n          programId\n          programName\n          closingBalance\n          alternateCurrency\n          alternateCurrencyCategory\n        }\n        totalCount\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n": typeof types.EverythingDocument,
    "\n  query Details($identifier: CustomerIdentifierInput!) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      firstName\n    }\n  }\n": typeof types.DetailsDocument,
    "\n  query CustomersDetails($identifiers: [CustomerIdentifierInput!]!) {\n    customers(identifiers: $identifiers) {\n      id\n      userId\n    }\n  }\n": typeof types.CustomersDetailsDocument,
    "\n  query NodesDetails($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      id\n      ... on Customer {\n        userId\n      }\n    }\n  }\n": typeof types.NodesDetailsDocument,
};
const documents: Documents = {
    "\n  fragment BalancePage on LedgerBalance {\n    totalCount\n    edges {\n      cursor\n      node {\n        pointsCategory\n        closingBalance\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    warnings {\n      code\n      message\n      cause\n      retryable\n      retryAfter\n    }\n  }\n": types.BalancePageFragmentDoc,
    "\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $endDate: LocalDateTime\n    $categoryType: PointCategoryType\n    $ledgerEntryType: LedgerEntryType\n    $currencies: [String!]\n    $includeAllCurrencies: Boolean! = false\n    $tillId: ID\n    $includeTillConceptEvents: Boolean! = false\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      ledgerBalance(\n        endDate: $endDate\n        categoryType: $categoryType\n        ledgerEntryType: $ledgerEntryType\n        currencies: $currencies\n        includeAllCurrencies: $includeAllCurrencies\n        tillId: $tillId\n        includeTillConceptEvents: $includeTillConceptEvents\n        first: $first\n        after: $after\n        last: $last\n        before: $before\n      ) {\n        ...BalancePage\n      }\n    }\n  }\n": types.BalancesDocument,
    "\n  query BalancesByNode($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ledgerBalance(first: $first, after: $after, last: $last, before: $before) {\n          ...BalancePage\n        }\n      }\n    }\n  }\n": types.BalancesByNodeDocument,
    "\n  query Everything($identifier: CustomerIdentifierInput!, $includeAllCurrencies: Boolean! = false) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      externalId\n      firstName\n      lastName\n      entityType\n      ledgerBalance(includeAllCurrencies: $includeAllCurrencies) {\n        nodes {\n          pointsCategory\n          programId\n          programName\n          closingBalance\n          alternateCurrency\n          alternateCurrencyCategory\n        }\n        totalCount\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n": types.EverythingDocument,
    "\n  query Details($identifier: CustomerIdentifierInput!) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      firstName\n    }\n  }\n": types.DetailsDocument,
    "\n  query CustomersDetails($identifiers: [CustomerIdentifierInput!]!) {\n    customers(identifiers: $identifiers) {\n      id\n      userId\n    }\n  }\n": types.CustomersDetailsDocument,
    "\n  query NodesDetails($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      id\n      ... on Customer {\n        userId\n      }\n    }\n  }\n": types.NodesDetailsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment BalancePage on LedgerBalance {\n    totalCount\n    edges {\n      cursor\n      node {\n        pointsCategory\n        closingBalance\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    warnings {\n      code\n      message\n      cause\n      retryable\n      retryAfter\n    }\n  }\n"): (typeof documents)["\n  fragment BalancePage on LedgerBalance {\n    totalCount\n    edges {\n      cursor\n      node {\n        pointsCategory\n        closingBalance\n      }\n    }\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    warnings {\n      code\n      message\n      cause\n      retryable\n      retryAfter\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $endDate: LocalDateTime\n    $categoryType: PointCategoryType\n    $ledgerEntryType: LedgerEntryType\n    $currencies: [String!]\n    $includeAllCurrencies: Boolean! = false\n    $tillId: ID\n    $includeTillConceptEvents: Boolean! = false\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      ledgerBalance(\n        endDate: $endDate\n        categoryType: $categoryType\n        ledgerEntryType: $ledgerEntryType\n        currencies: $currencies\n        includeAllCurrencies: $includeAllCurrencies\n        tillId: $tillId\n        includeTillConceptEvents: $includeTillConceptEvents\n        first: $first\n        after: $after\n        last: $last\n        before: $before\n      ) {\n        ...BalancePage\n      }\n    }\n  }\n"): (typeof documents)["\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $endDate: LocalDateTime\n    $categoryType: PointCategoryType\n    $ledgerEntryType: LedgerEntryType\n    $currencies: [String!]\n    $includeAllCurrencies: Boolean! = false\n    $tillId: ID\n    $includeTillConceptEvents: Boolean! = false\n    $first: Int\n    $after: String\n    $last: Int\n    $before: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      ledgerBalance(\n        endDate: $endDate\n        categoryType: $categoryType\n        ledgerEntryType: $ledgerEntryType\n        currencies: $currencies\n        includeAllCurrencies: $includeAllCurrencies\n        tillId: $tillId\n        includeTillConceptEvents: $includeTillConceptEvents\n        first: $first\n        after: $after\n        last: $last\n        before: $before\n      ) {\n        ...BalancePage\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BalancesByNode($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ledgerBalance(first: $first, after: $after, last: $last, before: $before) {\n          ...BalancePage\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query BalancesByNode($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {\n    node(id: $id) {\n      id\n      ... on Customer {\n        ledgerBalance(first: $first, after: $after, last: $last, before: $before) {\n          ...BalancePage\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Everything($identifier: CustomerIdentifierInput!, $includeAllCurrencies: Boolean! = false) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      externalId\n      firstName\n      lastName\n      entityType\n      ledgerBalance(includeAllCurrencies: $includeAllCurrencies) {\n        nodes {\n          pointsCategory\n          programId\n          programName\n          closingBalance\n          alternateCurrency\n          alternateCurrencyCategory\n        }\n        totalCount\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Everything($identifier: CustomerIdentifierInput!, $includeAllCurrencies: Boolean! = false) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      externalId\n      firstName\n      lastName\n      entityType\n      ledgerBalance(includeAllCurrencies: $includeAllCurrencies) {\n        nodes {\n          pointsCategory\n          programId\n          programName\n          closingBalance\n          alternateCurrency\n          alternateCurrencyCategory\n        }\n        totalCount\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Details($identifier: CustomerIdentifierInput!) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      firstName\n    }\n  }\n"): (typeof documents)["\n  query Details($identifier: CustomerIdentifierInput!) {\n    customer(identifier: $identifier) {\n      id\n      userId\n      firstName\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CustomersDetails($identifiers: [CustomerIdentifierInput!]!) {\n    customers(identifiers: $identifiers) {\n      id\n      userId\n    }\n  }\n"): (typeof documents)["\n  query CustomersDetails($identifiers: [CustomerIdentifierInput!]!) {\n    customers(identifiers: $identifiers) {\n      id\n      userId\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NodesDetails($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      id\n      ... on Customer {\n        userId\n      }\n    }\n  }\n"): (typeof documents)["\n  query NodesDetails($ids: [ID!]!) {\n    nodes(ids: $ids) {\n      id\n      ... on Customer {\n        userId\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;