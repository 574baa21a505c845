/**
 * The state that outlives a request: the upstream client with its breaker, budget, blocks after a 429 and tokens; cached
 * answers; calls in flight. Such a state is replaced as a whole, never in part.
 *
 * With the built-in sandbox, requests that bring an `x-request-id` have a state of their own for each id. Tests that run
 * side by side give each test an id: failures of one test then open no breaker, and block no budget, for the others. No
 * other mode does this: it would let any caller have a budget of its own.
 */
import { LRUCache } from 'lru-cache';
import type { CallsInFlight } from '../../ledger/source/calls-in-flight.ts';
import type { AnswerCache } from '../../ledger/source/page-source.ts';
import type { UpstreamClient } from '../../upstream/client.ts';

/** One state. */
export type UpstreamState = {
  readonly upstream: UpstreamClient;
  readonly cache: (AnswerCache & { readonly bytes: () => number }) | null;
  readonly callsInFlight: CallsInFlight;
};

/** The states of a gateway. */
export type UpstreamStates = ReturnType<typeof createUpstreamStates>;

/** Most request ids with a state of their own. Far more than tests that run at once; the least recently used one ends. */
const mostApart = 200;

/** Builds the states. `open` builds a new one; `isApart`: request ids that callers bring have states of their own. */
export function createUpstreamStates(open: () => UpstreamState, isApart: boolean) {
  let shared = open();
  const apart = new LRUCache<string, UpstreamState>({
    max: mostApart,
    dispose: ({ upstream }) => void upstream.close(),
  });

  /** The state for a request. `givenId` is the request id that the caller brought; undefined if it brought none. */
  function stateFor(givenId: string | undefined): UpstreamState {
    if (!isApart || givenId === undefined) return shared;
    const own = apart.get(givenId) ?? open();
    apart.set(givenId, own, { noDisposeOnSet: true });
    return own;
  }

  return {
    /** The state of all requests that have none of their own. */
    shared: () => shared,
    stateFor,
    /** Begins with new states. Ends the connections of the old ones, so that their calls in flight fail. */
    reset(): void {
      const { upstream } = shared;
      shared = open();
      apart.clear();
      void upstream.close();
    },
    /** Sets the shutdown deadline of all clients. */
    closeAt(moment: number): void {
      for (const { upstream } of [shared, ...apart.values()]) upstream.closeAt(moment);
    },
    async close(): Promise<void> {
      apart.clear();
      await shared.upstream.close();
    },
  };
}
