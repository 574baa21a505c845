/** Builds the upstream client from the settings: connections, credentials, budget. Makes no call. */
import type { Config } from '../../config.ts';
import { createWindowBudget } from '../../upstream/budget/window-budget.ts';
import {
  createUpstreamClient,
  type UpstreamClient,
  type UpstreamClientOptions,
} from '../../upstream/client.ts';
import { createBasicCredentials, forwardCredentials } from '../../upstream/credentials/credentials.ts';
import { createDispatcher } from '../../upstream/http/dispatcher.ts';

/** The settings of a gateway. Its upstream is an endpoint: for the sandbox mode, the sandbox has been started before. */
export type GatewayConfig = Omit<Config, 'upstream'> & {
  readonly upstream: EndpointUpstream;
};

type EndpointUpstream = Exclude<Config['upstream'], { readonly mode: 'sandbox' }>;

/** Builds the client. Without a budget in `deps` it gets one for this process alone. */
export function createUpstreamAccess(
  settings: GatewayConfig,
  deps: Pick<UpstreamClientOptions, 'now' | 'wallNow' | 'events' | 'budget'>,
): UpstreamClient {
  const callsPerMinute = settings.upstreamCallsPerMinute ?? Number.POSITIVE_INFINITY;
  return createUpstreamClient({
    baseUrl: settings.upstream.url,
    timeoutMs: settings.upstreamTimeoutMs,
    credentials: credentialsOf(settings.upstream),
    dispatcher: createDispatcher({ maxConcurrency: settings.upstreamMaxConcurrency, ...settings.proxy }),
    retry: { retries: settings.upstreamRetries, random: Math.random },
    ...deps,
    budget:
      deps.budget ??
      createWindowBudget({ callsPerMinute, mostAccounts: settings.upstreamMaxCredentials, now: deps.now }),
  });
}

function credentialsOf(upstream: EndpointUpstream): UpstreamClientOptions['credentials'] {
  if (upstream.mode === 'forward') return forwardCredentials;
  if ('oauth' in upstream) return upstream.oauth;
  return createBasicCredentials(upstream.basic.user, upstream.basic.password);
}
