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
    "\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $categoryType: PointCategoryType\n    $endDate: LocalDateTime\n    $first: Int = 25\n    $after: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      firstName\n      ledgerBalance(categoryType: $categoryType, endDate: $endDate, first: $first, after: $after) {\n        edges {\n          cursor\n          node {\n            pointsCategory\n            programName\n            closingBalance\n            alternateCurrency\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n": typeof types.BalancesDocument,
};
const documents: Documents = {
    "\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $categoryType: PointCategoryType\n    $endDate: LocalDateTime\n    $first: Int = 25\n    $after: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      firstName\n      ledgerBalance(categoryType: $categoryType, endDate: $endDate, first: $first, after: $after) {\n        edges {\n          cursor\n          node {\n            pointsCategory\n            programName\n            closingBalance\n            alternateCurrency\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n": types.BalancesDocument,
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
export function graphql(source: "\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $categoryType: PointCategoryType\n    $endDate: LocalDateTime\n    $first: Int = 25\n    $after: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      firstName\n      ledgerBalance(categoryType: $categoryType, endDate: $endDate, first: $first, after: $after) {\n        edges {\n          cursor\n          node {\n            pointsCategory\n            programName\n            closingBalance\n            alternateCurrency\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Balances(\n    $identifier: CustomerIdentifierInput!\n    $categoryType: PointCategoryType\n    $endDate: LocalDateTime\n    $first: Int = 25\n    $after: String\n  ) {\n    customer(identifier: $identifier) {\n      id\n      firstName\n      ledgerBalance(categoryType: $categoryType, endDate: $endDate, first: $first, after: $after) {\n        edges {\n          cursor\n          node {\n            pointsCategory\n            programName\n            closingBalance\n            alternateCurrency\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n        warnings {\n          code\n          message\n          cause\n          retryable\n          retryAfter\n        }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;