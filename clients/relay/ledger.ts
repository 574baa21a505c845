/** Relay: the environment, the next page, and the notice. */

import {
  ConnectionHandler,
  DefaultHandlerProvider,
  Environment,
  type FetchFunction,
  Network,
  RecordSource,
  Store,
} from 'relay-runtime';
import { AnswerErrors, hasFailedCustomer, type Notice, noticeOfErrors } from '../notice.ts';

export function createLedgerEnvironment(url: string, fetch = globalThis.fetch): Environment {
  const environment: Environment = new Environment({
    network: Network.create(asking(url, fetch)),
    store: new Store(new RecordSource()),
    handlerProvider: (handle) => (handle === 'connection' ? keepList : DefaultHandlerProvider(handle)),
  });
  /** A list that failed beside others: what is there stays, and whoever opens it later asks again. */
  const keepList: ReturnType<typeof DefaultHandlerProvider> = {
    update(store, payload) {
      const customer = store.get(payload.dataID);
      const isServed = Boolean(customer?.getLinkedRecord(payload.fieldKey));
      if (isServed || !customer?.getLinkedRecord(payload.handleKey)) ConnectionHandler.update(store, payload);
      // Not at once: what one answer makes invalid, the same answer makes valid again.
      if (!isServed)
        queueMicrotask(() =>
          environment.commitUpdate((later) => later.get(payload.dataID)?.invalidateRecord()),
        );
    },
  };
  return environment;
}

/** Throws what must not reach the store: a customer that failed, and an answer without any list, such as a next page. */
function asking(url: string, fetch: typeof globalThis.fetch): FetchFunction {
  return async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify({ query: text, variables }),
    });
    const answer = await response.json();
    if (answer.errors && (hasFailedCustomer(answer.errors) || !hasList(answer.data))) {
      throw new AnswerErrors(answer.errors);
    }
    return answer;
  };
}

function hasList(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && ('edges' in value || Object.values(value).some(hasList))
  );
}

/** `loadNext` of `usePaginationFragment`. */
type LoadNext = (count: number, options: { onComplete: (error: Error | null) => void }) => unknown;

/** Loads the next page. Returns why it could not; the list is then as it was. */
export function loadMore(loadNext: LoadNext, count = 25): Promise<Notice | undefined> {
  return new Promise((resolve) => {
    loadNext(count, { onComplete: (error) => resolve(error ? noticeOfError(error) : undefined) });
  });
}

/** What a page shows for an error that `loadNext`, or an error boundary around a query, gets. Without one: `noticeOfAnswer`. */
export function noticeOfError(error: Error): Notice {
  return noticeOfErrors(error instanceof AnswerErrors ? error.errors : []);
}
