/**
 * The composition root: from settings to a handler of HTTP requests. Puts GraphQL Yoga, the schema, the
 * request's loader and the upstream client together; knows neither paging nor REST parameters.
 */
import type { IncomingMessage, RequestListener } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { createExchange, type Exchange } from './gateway/http/exchange.ts';
import { createFrontDoor } from './gateway/http/front-door.ts';
import { operatorListener } from './gateway/http/operator-endpoints.ts';
import { createOverload, type ProcessLoad } from './gateway/http/overload.ts';
import { requestIdOf } from './gateway/http/request-id.ts';
import { largestBatch } from './gateway/http/request-parameters.ts';
import { type ClosingTime, createClosingTime } from './gateway/http/shutdown-deadline.ts';
import { pluginsOf } from './gateway/plugins.ts';
import { createKeeping } from './gateway/wiring/caching.ts';
import type { GatewayConfig } from './gateway/wiring/gateway-config.ts';
import { readinessOf } from './gateway/wiring/readiness.ts';
import { createReplicaSharing, logSharing } from './gateway/wiring/replica-sharing.ts';
import { createContextFactory } from './gateway/wiring/request-context.ts';
import { traceStarter } from './gateway/wiring/request-trace.ts';
import { createUpstreamAccess } from './gateway/wiring/upstream-access.ts';
import type { SchemaContext } from './schema/builder.ts';
import { schema } from './schema/schema.ts';
import type { Log } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import type { StartRequestTrace } from './telemetry/trace-spans.ts';

/** What comes from outside. */
export type GatewayDeps = {
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A clock in milliseconds that never goes back, by which kept answers age and overload is judged; the process's own unless given. */
  readonly monotonicNow?: () => number;
  /** A new id for a request that came without one. */
  readonly createRequestId: () => string;
  /** Where the built-in sandbox answers, if it is the upstream: pages lead there. */
  readonly sandboxUrl?: string | undefined;
  /** Where what happens is counted; its own unless given. */
  readonly metrics?: Metrics;
  /** Begins the trace of a request; nothing is traced unless given. */
  readonly startTrace?: StartRequestTrace | undefined;
};

/** A gateway, ready to serve. */
export type Gateway = {
  /** For `node:http`. */
  readonly listener: RequestListener;
  /** The same without a socket. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Takes the load of the process, some times a second: with too much of it, `listener` turns requests away. */
  readonly reportLoad: (load: ProcessLoad) => void;
  /** For `node:http` on ADMIN_PORT: readiness in detail, and metrics. */
  readonly adminListener: RequestListener;
  /**
   * From now on `/readyz` says 503. Everything else goes on; but every operation, under way or still to come, is
   * answered within `withinMs` milliseconds, with a coded error if need be: at once where it waits for the budget in vain.
   */
  readonly drain: (withinMs: number) => void;
  /** Ends the connections to the upstream and to Redis. */
  readonly close: () => Promise<void>;
};

/** What `node:http` hands on with a request; without a socket there is none. */
type ServerContext = { readonly req?: IncomingMessage };

/** Builds a gateway. Makes no call and opens no port. */
export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  const readiness = { isDraining: false };
  const metrics = deps.metrics ?? createMetrics({ now: () => performance.now() });
  const sharing = createReplicaSharing(config, deps.now);
  if (sharing !== undefined) logSharing(sharing, deps.log);
  const upstream = createUpstreamAccess(config, {
    now: deps.now,
    ...(sharing && { budget: sharing.budget }),
    observe: metrics.observeCall,
    observeToken: metrics.observeTokenCall,
    events: metrics.upstreamEvents,
  });
  const keeping = createKeeping(config, deps, sharing);
  metrics.watchUpstream({
    ...upstream,
    sharingState: () => sharing?.state() ?? 'off',
    cacheBytes: () => keeping?.bytes() ?? 0,
  });
  const operators = { parts: readinessOf(readiness, upstream, sharing), metrics };
  // Half of what may be in flight is one address's: it must not be as many as there are connections.
  const requestsInFlight = Math.min(config.overload.requestsInFlight, config.clientLimits.maxConnections);
  const overload = createOverload({ ...config, ...config.overload, requestsInFlight }, deps, metrics);
  const closingTime = createClosingTime();
  const exchanges = createExchanges(config, deps, closingTime);
  const frontDoor = createFrontDoor(exchanges.of, config);
  const contextOf = createContextFactory(config, upstream, keeping);
  const yoga = createYoga<ServerContext, SchemaContext>({
    schema,
    context: ({ request, req }) => contextOf(request, exchanges.of(request), req?.socket.remoteAddress),
    plugins: pluginsOf(config, deps, { frontDoor, operators, upstream, metrics, exchangeOf: exchanges.of }),
    maxRequestBodySize: config.maxBodyBytes,
    ...yogaOptions,
  });
  return {
    listener: overload.guard(frontDoor.guard(yoga)),
    reportLoad: overload.report,
    fetch: async (request) => yoga.fetch(request),
    adminListener: operatorListener(operators),
    drain(withinMs) {
      readiness.isDraining = true;
      closingTime.drawIn(performance.now() + withinMs);
      upstream.closeAt(closingTime.at());
    },
    async close() {
      await upstream.close();
      await sharing?.close();
    },
  };
}

/** What is the same for every gateway: most of what Yoga would do by itself is ours to do. */
const yogaOptions = {
  graphiql: false, // Pages are ours: Yoga's is 9 MB, uncompressed, and needs inline scripts.
  landingPage: false,
  healthCheckEndpoint: ' ', // Yoga answers every URL that ends like this; none ends with a space.
  parserAndValidationCache: false, // It counts documents, not bytes: `createDocumentCache` stands in.
  maskedErrors: false, // `operationPlugin` gives every error its client form, unexpected ones included.
  logging: false, // The log is ours: Yoga would print errors with what they quote.
  multipart: false,
  batching: { limit: largestBatch },
  cors: false,
} as const;

/** The exchange of each request. */
type Exchanges = { readonly of: (request: Request) => Exchange };

/** One exchange for each request, made when it is first asked for. */
function createExchanges(config: GatewayConfig, deps: GatewayDeps, closingTime: ClosingTime): Exchanges {
  const exchanges = new WeakMap<Request, Exchange>();
  return {
    of(request) {
      const known = exchanges.get(request);
      if (known !== undefined) return known;
      const exchange = createExchange({
        requestId: requestIdOf(request.headers, deps.createRequestId),
        clientSignal: request.signal,
        operationTimeoutMs: config.operationTimeoutMs,
        closingTime,
        now: () => performance.now(),
        startTrace: traceStarter(deps.startTrace, request),
      });
      exchanges.set(request, exchange);
      return exchange;
    },
  };
}
