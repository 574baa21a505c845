/** Apollo Client 4: the client with its cache policies, the next page, and the notice. */

import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
  type TypePolicies,
} from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { map } from 'rxjs';
import type { BalancesQuery } from '../gql/graphql.ts';
import { hasFailedCustomer, type Notice, noticeOfAnswer, noticeOfErrors } from '../notice.ts';

/** Every filter of the schema. Two lists become one in the cache if they differ in a filter that is not named here. */
export const filters = [
  'endDate',
  'categoryType',
  'ledgerEntryType',
  'currencies',
  'includeAllCurrencies',
  'tillId',
  'includeTillConceptEvents',
];
const pages = relayStylePagination(filters);

export const typePolicies: TypePolicies = {
  Customer: {
    fields: {
      ledgerBalance: {
        ...pages,
        // A balance that failed is null. It must not become an empty list, nor replace the list that is there.
        merge: (list, page, options) =>
          page === null || typeof pages.merge !== 'function'
            ? (list ?? null)
            : pages.merge(list ?? undefined, page, options),
      },
    },
  },
};

/** Keeps a customer that failed out of the cache: it is null in the answer, as one that does not exist. */
const withoutFailedCustomers = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      const errors = ('errors' in result && result.errors) || [];
      return hasFailedCustomer(errors) ? { ...result, data: null } : result;
    }),
  ),
);

export function createLedgerClient(uri: string): ApolloClient {
  return new ApolloClient({
    link: ApolloLink.from([withoutFailedCustomers, new HttpLink({ uri })]),
    cache: new InMemoryCache({ typePolicies }),
  });
}

type Result = { readonly data?: BalancesQuery | undefined; readonly error?: Error | undefined };
type Paged = Result & { readonly fetchMore: (options: { variables: { after: string } }) => Promise<unknown> };

/** Pages under way, by cursor: Apollo Client never shows a page that is asked for twice at the same time. */
const pagesUnderWay = new Map<string, Promise<Notice | undefined>>();

/** Loads the next page into the list that `useQuery` shows. Returns why it could not; the list is then as it was. */
export async function loadMore({ data, fetchMore }: Paged): Promise<Notice | undefined> {
  const after = data?.customer?.ledgerBalance?.pageInfo.endCursor;
  if (!after) return undefined;
  const page =
    pagesUnderWay.get(after) ??
    fetchMore({ variables: { after } })
      .then(
        () => undefined,
        (error) => noticeOfErrors(errorsIn(error)),
      )
      .finally(() => pagesUnderWay.delete(after));
  pagesUnderWay.set(after, page);
  return page;
}

/** What a page shows for the result of `useQuery`. */
export function noticeOf({ data, error }: Result): Notice | undefined {
  return error
    ? noticeOfErrors(errorsIn(error))
    : noticeOfAnswer(data?.customer, data?.customer?.ledgerBalance);
}

/** None if no answer came. */
function errorsIn(error: unknown) {
  return CombinedGraphQLErrors.is(error) ? error.errors : [];
}
