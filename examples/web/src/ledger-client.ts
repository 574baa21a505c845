/** Apollo Client for this page: the gateway's own set-up, and the id of each request for error messages. */

import { type ApolloClient, ApolloLink } from '@apollo/client';
import { map } from 'rxjs';
import { createLedgerClient } from '../../../clients/apollo/ledger.ts';

/** Builds the client for the gateway at this URL. */
export function createClient(gateway: string): ApolloClient {
  const client = createLedgerClient(gateway);
  client.setLink(withRequestId.concat(client.link));
  return client;
}

/** Adds the response's `x-request-id` to the result's extensions. The gateway's log names requests by it. */
const withRequestId = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      const { response } = operation.getContext() as { readonly response?: Response };
      const requestId = response?.headers.get('x-request-id');
      return { ...result, extensions: { ...result.extensions, requestId } };
    }),
  ),
);
