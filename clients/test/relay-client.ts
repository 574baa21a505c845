/**
 * Relay without React: its compiler, its store, and the parts of `usePaginationFragment` that the runtime exports. It
 * shows what the store has for the fragment.
 */

import {
  createOperationDescriptor,
  Environment,
  type FetchFunction,
  fetchQuery,
  getPaginationMetadata,
  getPaginationVariables,
  getSingularSelector,
  Network,
  RecordSource,
  type SingularReaderSelector,
  Store,
} from 'relay-runtime';
import { byMobile } from '../../test/gateway/members.ts';
import type { Direction } from '../../test/gateway/walk.ts';
import type { BalancePageFragment } from '../../test/generated/graphql.ts';
import { type Compiled, compileRelay } from './relay-compile.ts';
import { documents } from './relay-documents.ts';
import { type Connect, type ListQuestion, showList, url } from './shown-list.ts';

/** What the store has for the fragment. */
type ShownCustomer = { readonly id: string; readonly ledgerBalance: BalancePageFragment | null };

const compiled = new Map<Direction, Compiled>();

/** Compiled when first needed. */
function compiledFor(direction: Direction): Compiled {
  const known = compiled.get(direction) ?? compileRelay(documents[direction]);
  compiled.set(direction, known);
  return known;
}

export const connectRelay: Connect = (fetch) => {
  const environment = new Environment({
    network: Network.create(sendThrough(fetch)),
    store: new Store(new RecordSource()),
  });
  return {
    openList: async (question) => {
      const { direction, size } = question;
      const { fragment } = compiledFor(direction);
      const selector = await openFragment(environment, question);
      const shown = () => environment.lookup(selector).data as ShownCustomer | null | undefined;
      const variables = { ...selector.owner.variables, ...selector.variables, id: shown()?.id };
      const { paginationRequest, paginationMetadata } = getPaginationMetadata(fragment, 'the test');
      const askFrom = (cursor: string | null) => {
        const next = getPaginationVariables(direction, size, cursor, variables, {}, paginationMetadata);
        return fetchQuery(environment, paginationRequest, next).toPromise();
      };
      return showList(direction, () => shown()?.ledgerBalance, askFrom);
    },
  };
};

/** Throws when there are errors: otherwise Relay replaces the list by the null of a failed page. */
function sendThrough(fetch: typeof globalThis.fetch): FetchFunction {
  return async ({ text }, variables) => {
    const body = JSON.stringify({ query: text, variables });
    const headers = { 'content-type': 'application/json' };
    const result = await (await fetch(url, { method: 'POST', headers, body })).json();
    if (result.errors) throw new Error(result.errors[0].message);
    return result;
  };
}

/** Asks for the first page, and returns the selector of the customer's fragment in the store. */
async function openFragment(
  environment: Environment,
  { direction, size, categoryType }: ListQuestion,
): Promise<SingularReaderSelector> {
  const { query, fragment } = compiledFor(direction);
  const variables = { identifier: byMobile('1'), count: size, categoryType };
  const operation = createOperationDescriptor(query, variables);
  environment.retain(operation);
  await fetchQuery(environment, query, variables).toPromise();
  const selector = getSingularSelector(fragment, environment.lookup(operation.fragment).data?.['customer']);
  if (!selector) throw new Error('There is no such customer');
  return selector;
}
