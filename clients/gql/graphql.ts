/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Names one customer. */
export type CustomerIdentifierInput = {
  /** The account in which the identifier is registered, for channels that have several. */
  accountId?: string | null | undefined;
  /** Which kind of identifier `value` is. */
  name: IdentifierName;
  /** The channel through which the identifier is registered. Null is the default. */
  source?: CustomerSource | null | undefined;
  /** The identifier itself, exactly as registered. Not empty, at most 1000 characters. */
  value: string;
};

/** The channels through which a customer can be registered. */
export type CustomerSource =
  /** Registered anywhere: all channels are searched. */
  | 'ALL'
  /** Registered through a web shop. */
  | 'ECOMMERCE'
  /** Registered through Facebook. */
  | 'FACEBOOK'
  /** Registered in a shop. By far the most common. */
  | 'INSTORE'
  /** Registered through JD. */
  | 'JD'
  /** Registered through LINE. */
  | 'LINE'
  /** Registered through the MartJack web shop. */
  | 'MARTJACK'
  /** Registered through Taobao. */
  | 'TAOBAO'
  /** Registered through Tmall. */
  | 'TMALL'
  /** Registered through a website. */
  | 'WEBSITE'
  /** Registered through WebEngage. */
  | 'WEB_ENGAGE'
  /** Registered through WeChat. */
  | 'WECHAT';

/** The kinds of identifier by which a customer can be named. */
export type IdentifierName =
  /** A loyalty card's id in another system. */
  | 'CARD_EXTERNAL_ID'
  /** The number printed on a loyalty card. */
  | 'CARD_NUMBER'
  /** An e-mail address as registered. */
  | 'EMAIL'
  /** The customer's id in another system, as that system gave it. */
  | 'EXTERNAL_ID'
  /** The programme's own numeric id of the customer: `Customer.userId`. */
  | 'ID'
  /** A mobile phone number as registered, usually with country code and without a plus sign. */
  | 'MOBILE';

/** The kinds of points category. */
export type PointCategoryType =
  /** Points that are promised and become regular ones later. */
  | 'PROMISED'
  /** Points that can be spent. */
  | 'REGULAR'
  /** Points that an event sets free. */
  | 'TRIGGER_BASED';

export type BalancesQueryVariables = Exact<{
  identifier: CustomerIdentifierInput;
  categoryType?: PointCategoryType | null | undefined;
  endDate?: string | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BalancesQuery = { customer: { id: string, firstName: string | null, ledgerBalance: { edges: Array<{ cursor: string, node: { pointsCategory: string, programName: string | null, closingBalance: `${number}`, alternateCurrency: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, warnings: Array<{ code: string | null, message: string, cause: string | null, retryable: boolean | null, retryAfter: number | null }> } | null } | null };


export const BalancesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Balances"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"identifier"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CustomerIdentifierInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"categoryType"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"PointCategoryType"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"endDate"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"LocalDateTime"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}},"defaultValue":{"kind":"IntValue","value":"25"}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"customer"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"identifier"},"value":{"kind":"Variable","name":{"kind":"Name","value":"identifier"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"ledgerBalance"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"categoryType"},"value":{"kind":"Variable","name":{"kind":"Name","value":"categoryType"}}},{"kind":"Argument","name":{"kind":"Name","value":"endDate"},"value":{"kind":"Variable","name":{"kind":"Name","value":"endDate"}}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cursor"}},{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pointsCategory"}},{"kind":"Field","name":{"kind":"Name","value":"programName"}},{"kind":"Field","name":{"kind":"Name","value":"closingBalance"}},{"kind":"Field","name":{"kind":"Name","value":"alternateCurrency"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"warnings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"cause"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfter"}}]}}]}}]}}]}}]} as unknown as DocumentNode<BalancesQuery, BalancesQueryVariables>;