/**
 * From one HTTP request to what its operations are resolved with: a loader of their own over the upstream, under
 * the caller's credentials.
 */
import { limitsUpTo } from '../../ledger/list/block.ts';
import { createCallAllowance } from '../../ledger/reading/call-allowance.ts';
import { createCustomerLoader } from '../../ledger/reading/customer-loader.ts';
import { deriveKeys } from '../../ledger/sealing/secret-keys.ts';
import { createFlights } from '../../ledger/source/calls-in-flight.ts';
import { createPageSource, type Keeping } from '../../ledger/source/page-source.ts';
import type { SchemaContext } from '../../schema/builder.ts';
import type { UpstreamClient } from '../../upstream/client.ts';
import type { Exchange } from '../http/exchange.ts';
import { callerSubject } from '../http/fairness-key.ts';
import { createTurnShare } from '../operation/turn-share.ts';
import type { GatewayConfig } from './gateway-config.ts';

/** Gives the context of a request; `peer` is the address at the other end of its connection, if it has one. */
export function createContextFactory(
  config: GatewayConfig,
  upstream: UpstreamClient,
  keeping: Keeping | null,
): (request: Request, exchange: Exchange, peer: string | undefined) => SchemaContext {
  const keys = deriveKeys(config.idSecret, config.idSecretPrevious);
  const limits = limitsUpTo(config.upstreamMaxLimit, config.upstreamFixedPages);
  const flights = createFlights();
  const shareTurn = createTurnShare(() => performance.now());
  const contexts = new WeakMap<Request, SchemaContext>();
  const createContext: ReturnType<typeof createContextFactory> = ({ headers }, exchange, peer) => {
    const { requestId, deadline, receipt } = exchange;
    const startSpan = exchange.trace()?.startCall;
    const forwardedFor = headers.get('x-forwarded-for');
    const fairnessKey = callerSubject({ peer, forwardedFor, trustedProxies: config.trustedProxies });
    const sourceOf = createPageSource({
      callUntil: (deadlineAt) =>
        upstream.forCaller({ headers, requestId, fairnessKey, deadlineAt, startSpan }),
      deadlineAt: deadline.at,
      scope: `${config.upstream.url}\n${upstream.scopeOf(headers)}`,
      flights,
      keeping,
      receipt,
      now: () => performance.now(),
    });
    const allowance = createCallAllowance(config.maxCallsPerOperation);
    const customers = createCustomerLoader({ limits, signal: deadline.signal, allowance, sourceOf, receipt });
    const yieldTurn = () => shareTurn(deadline.signal);
    return { customers, keys, maxPageSize: config.maxPageSize, isLarge: false, yieldTurn };
  };
  // The members of a batch have one context, so that their demands are planned together under one cap.
  return (request, exchange, peer) => {
    const context = contexts.get(request) ?? createContext(request, exchange, peer);
    contexts.set(request, context);
    return context;
  };
}
