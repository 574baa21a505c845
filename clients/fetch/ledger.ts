/** Plain `fetch`, typed, without a cache: one page, all pages joined, and the notice. */

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import type { BalancesQuery, BalancesQueryVariables } from '../gql/graphql.ts';
import { type AnswerError, AnswerErrors, type Notice, noticeOfAnswer, noticeOfErrors } from '../notice.ts';
import { balancesQuery } from '../operations.ts';

type Answer<Data> = { readonly data?: Data | null; readonly errors?: readonly AnswerError[] };

/**
 * Asks the gateway.
 * @throws {AnswerErrors} when the answer has errors, also beside data.
 * @throws another error when no answer came.
 */
async function ask<Data, Variables>(
  url: string,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal?: AbortSignal,
): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: print(document), variables }),
    signal: signal ?? null,
  });
  const answer = (await response.json()) as Answer<Data>;
  if (answer.errors || !answer.data) throw new AnswerErrors(answer.errors ?? []);
  return answer.data;
}

type Page = NonNullable<NonNullable<BalancesQuery['customer']>['ledgerBalance']>;

/** What a page shows: all entries so far, and what stands beside them. */
export type Ledger = {
  readonly edges: Page['edges'];
  /** The latest page; `undefined` before the first. */
  readonly page?: Page | undefined;
  readonly notice?: Notice | undefined;
};

/** Loads the next page of a list. A list that fails is returned as it was, with a notice. Begin with `{ edges: [] }`. */
export async function loadMore(
  url: string,
  variables: BalancesQueryVariables,
  { edges, page }: Ledger,
  signal?: AbortSignal,
): Promise<Ledger> {
  try {
    const after = page?.pageInfo.endCursor ?? null;
    const { customer } = await ask(url, balancesQuery, { ...variables, after }, signal);
    const next = customer?.ledgerBalance ?? undefined;
    const notice = noticeOfAnswer(customer, next);
    return { edges: [...edges, ...(next?.edges ?? [])], page: next ?? page, notice };
  } catch (error) {
    return { edges, page, notice: noticeOfErrors(error instanceof AnswerErrors ? error.errors : []) };
  }
}
