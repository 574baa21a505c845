/** The member's points: asks the gateway, goes on page by page, and says what state everything is in. */

import { NetworkStatus } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { useCallback, useRef, useState } from 'react';
import { type Failure, failureOf } from './failure.ts';
import type { IdentifierName, MemberPointsQuery, MemberPointsQueryVariables } from './generated/graphql.ts';
import { memberPoints } from './operations.ts';
import type { Entry } from './programmes.ts';

/** Two of the upstream's pages of ten: enough to fill a screen. */
const pageSize = 20;

/** Which member is asked for, and which balances. */
export type Question = {
  readonly by: IdentifierName;
  readonly value: string;
  /** Undefined: now. */
  readonly endDate: string | undefined;
  /** Names of alternate currencies, or all of them, or none: ordinary points alone. */
  readonly currencies: 'none' | 'all' | readonly string[];
};

type Member = NonNullable<MemberPointsQuery['customer']>;
type Warning = NonNullable<Member['ledgerBalance']>['warnings'][number];

/** The balances so far, and how the list goes on. */
export type Balances = {
  readonly entries: readonly Entry[];
  readonly warnings: readonly Warning[];
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  /** Why the last page did not come; the balances before it stay. */
  readonly pageFailure: Failure | undefined;
  /** Scrolling may load the next page. Otherwise only a press of a button may. */
  readonly mayScroll: boolean;
  readonly loadMore: () => void;
};

/** What there is to show. */
export type MemberPoints =
  | { readonly state: 'loading' }
  | { readonly state: 'unknown' }
  | { readonly state: 'failed'; readonly failure: Failure }
  | {
      readonly state: 'found';
      readonly member: Member;
      /** Other balances of the member are on their way. Those before them are shown meanwhile. */
      readonly isChanging: boolean;
      readonly balances: Balances | Failure;
    };

/**
 * Asks for a member's points, and again when `endDate` or `currencies` change. Use it in a component whose key is the
 * member: otherwise one member's balances would be shown while another is looked up.
 */
export function useMemberPoints(question: Question): MemberPoints & { readonly retry: () => void } {
  const result = useQuery(memberPoints, {
    variables: variablesOf(question),
    errorPolicy: 'all', // A balance that failed leaves the member.
    fetchPolicy: 'network-only', // A search wants the balances of this moment …
    nextFetchPolicy: () => 'cache-first', // … but a date that was shown before costs no call.
    notifyOnNetworkStatusChange: true,
  });
  const { data, previousData, error, loading, networkStatus, refetch } = result;
  const isLoadingMore = networkStatus === NetworkStatus.fetchMore;
  const pages = usePages(result.fetchMore, question);
  const retry = useCallback(() => {
    refetch().catch(() => undefined); // The error is in the result, too.
  }, [refetch]);

  const isChanging = loading && !isLoadingMore;
  const member = (data ?? previousData)?.customer;
  if (member) {
    // The last answer shows the member when this one failed: another date or currency can then be chosen.
    const list = data || isChanging ? member.ledgerBalance : null;
    const missing = error ? failureOf(error) : unexplained;
    const balances = list ? balancesOf(list, { ...pages, isLoadingMore }) : missing;
    return { state: 'found', member, isChanging, balances, retry };
  }
  if (loading) return { state: 'loading', retry };
  return error ? { state: 'failed', failure: failureOf(error), retry } : { state: 'unknown', retry };
}

/** The cache remembers that a balance was null, but not why. */
const unexplained: Failure = { code: 'INCOMPLETE', message: '' };

/** Leaves out what is not asked for. Ordinary points alone are the default. */
function variablesOf({ by, value, endDate, currencies }: Question): MemberPointsQueryVariables {
  return {
    identifier: { name: by, value },
    first: pageSize,
    ...(endDate !== undefined && { endDate }),
    ...(currencies === 'all' && { includeAllCurrencies: true }),
    ...(typeof currencies === 'object' && { currencies: [...currencies] }),
  };
}

type List = NonNullable<Member['ledgerBalance']>;

function balancesOf(
  { edges, pageInfo, warnings }: List,
  { isLoadingMore, outcome, load }: Pages & { readonly isLoadingMore: boolean },
): Balances {
  const isIncomplete = warnings.some(({ code }) => code === 'LIST_INCOMPLETE');
  return {
    entries: edges,
    warnings,
    hasMore: pageInfo.hasNextPage,
    isLoadingMore,
    pageFailure: typeof outcome === 'object' ? outcome : undefined,
    mayScroll: pageInfo.hasNextPage && !isLoadingMore && !isIncomplete && outcome === 'full',
    loadMore: () => load(pageInfo.endCursor),
  };
}

/** What became of the last page: it brought balances, it brought none, or it failed. */
type Outcome = 'full' | 'empty' | Failure;
type Pages = { readonly outcome: Outcome; readonly load: (after: string | null) => void };

/**
 * Loads further pages. `errorPolicy` is not "all" here: a page that failed must not touch the list. The outcome belongs to
 * one question, and is forgotten with it.
 */
function usePages(fetchMore: FetchMore, question: Question): Pages {
  const key = JSON.stringify(question);
  const [last, setLast] = useState<{ readonly key: string; readonly outcome: Outcome }>();
  const underWay = useRef(new Set<string | null>());
  const load = (after: string | null) => {
    // Scrolling and a button can ask for a page at the same time. Apollo Client would then show neither answer.
    if (underWay.current.has(after)) return;
    underWay.current.add(after);
    void fetchMore({ variables: { after } })
      .then(
        ({ data }): Outcome => (data?.customer?.ledgerBalance?.edges.length ? 'full' : 'empty'),
        failureOf,
      )
      .then((outcome) => {
        underWay.current.delete(after);
        setLast({ key, outcome });
      });
  };
  return { outcome: last?.key === key ? last.outcome : 'full', load };
}

type FetchMore = (options: {
  readonly variables: Pick<MemberPointsQueryVariables, 'after'>;
}) => Promise<{ readonly data?: MemberPointsQuery | undefined }>;
