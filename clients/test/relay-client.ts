/**
 * Relay without React: its compiler, its store, and the parts of `usePaginationFragment` that the runtime exports. It
 * shows what the store has for the fragment.
 */

import {
  createOperationDescriptor,
  type Environment,
  fetchQuery,
  getPaginationMetadata,
  getPaginationVariables,
  getSingularSelector,
  type Variables,
} from 'relay-runtime';
import { byMobile } from '../../test/gateway/members.ts';
import type { Direction } from '../../test/gateway/walk.ts';
import type { BalancePageFragment } from '../../test/generated/graphql.ts';
import { createLedgerEnvironment } from '../relay/ledger.ts';
import { type Compiled, compileRelay, documents } from './relay-compile.ts';
import { type Connect, showList, url } from './shown-list.ts';

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
  const environment = createLedgerEnvironment(url, fetch);
  return {
    openList: async ({ direction, size, categoryType }) => {
      const variables = { identifier: byMobile('1'), count: size, categoryType };
      const query = openRelayQuery(environment, direction, variables);
      await query.ask();
      const askFrom = (cursor: string | null) => query.askFrom(cursor, size);
      return showList(direction, () => query.shown()?.ledgerBalance, askFrom);
    },
  };
};

/** A query that a page shows, and the parts of it. */
export function openRelayQuery(environment: Environment, direction: Direction, variables: Variables) {
  const { query, fragment } = compiledFor(direction);
  const operation = createOperationDescriptor(query, variables);
  environment.retain(operation);
  /** The customer, of which the fragment reads a part. */
  const customer = () => environment.lookup(operation.fragment).data?.['customer'];
  const selector = () => {
    const found = customer();
    return found ? getSingularSelector(fragment, found) : undefined;
  };
  const shown = () => {
    const found = selector();
    return found ? (environment.lookup(found).data as ShownCustomer | null | undefined) : undefined;
  };
  return {
    customer,
    shown,
    /** Whether the store has everything, so that no request is needed. */
    isStored: () => environment.check(operation).status === 'available',
    ask: () => fetchQuery(environment, query, variables).toPromise(),
    askFrom: (cursor: string | null, size: number) => {
      const { paginationRequest, paginationMetadata } = getPaginationMetadata(fragment, 'the test');
      const owned = { ...selector()?.owner.variables, ...selector()?.variables, id: shown()?.id };
      const next = getPaginationVariables(direction, size, cursor, owned, {}, paginationMetadata);
      return fetchQuery(environment, paginationRequest, next).toPromise();
    },
  };
}
