/** From settings to a way to the upstream: connections, credentials, client. Makes no call. */

import type { Config } from '../../config.ts';
import { createWindowBudget } from '../../store/window-budget.ts';
import { budgetWindowMs, type CallBudget } from '../../upstream/budget/call-budget.ts';
import {
  createUpstreamClient,
  type UpstreamClient,
  type UpstreamClientOptions,
} from '../../upstream/client.ts';
import { createBasicCredentials, forwardCredentials } from '../../upstream/credentials/credentials.ts';
import { createDispatcher } from '../../upstream/http/dispatcher.ts';
import type { CallObserver, ClientEvents } from '../../upstream/observe.ts';

/** An upstream that is an endpoint. */
export type EndpointUpstream = Exclude<Config['upstream'], { readonly mode: 'sandbox' }>;

/** The settings that concern the upstream. */
export type UpstreamSettings = Pick<
  Config,
  | 'upstreamTimeoutMs'
  | 'upstreamRetries'
  | 'upstreamMaxConcurrency'
  | 'upstreamCallsPerMinute'
  | 'upstreamMaxCredentials'
  | 'proxy'
> & {
  readonly upstream: EndpointUpstream;
};

/** What comes from outside. */
export type UpstreamAccessDeps = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly observe: CallObserver;
  /** The same for token calls. */
  readonly observeToken: CallObserver;
  readonly events: ClientEvents;
  /** The budget of each credential; one of this process unless given. */
  readonly budget?: CallBudget;
};

/** Builds the client that the settings ask for. */
export function createUpstreamAccess(
  settings: UpstreamSettings,
  { now, observe, observeToken, events, budget = budgetOf(settings) }: UpstreamAccessDeps,
): UpstreamClient {
  return createUpstreamClient({
    baseUrl: settings.upstream.url,
    timeoutMs: settings.upstreamTimeoutMs,
    credentials: credentialsOf(settings.upstream),
    dispatcher: createDispatcher({ maxConcurrency: settings.upstreamMaxConcurrency, ...settings.proxy }),
    retry: { retries: settings.upstreamRetries, random: Math.random },
    budget,
    accounts: {
      mostAccounts: settings.upstreamMaxCredentials,
      // Without a limit nothing is counted, and an account is remembered while the upstream has stopped it.
      countedForMs: settings.upstreamCallsPerMinute === undefined ? 0 : budgetWindowMs,
    },
    now,
    monotonicNow: () => performance.now(),
    observe,
    observeToken,
    events,
  });
}

function budgetOf({ upstreamCallsPerMinute }: UpstreamSettings): CallBudget {
  const callsPerMinute = upstreamCallsPerMinute ?? Number.POSITIVE_INFINITY;
  return createWindowBudget({ callsPerMinute, now: () => performance.now() });
}

function credentialsOf(upstream: EndpointUpstream): UpstreamClientOptions['credentials'] {
  if (upstream.mode === 'forward') return forwardCredentials;
  if ('oauth' in upstream) return upstream.oauth;
  return createBasicCredentials(upstream.basic.user, upstream.basic.password);
}
