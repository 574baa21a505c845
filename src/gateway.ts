/**
 * The composition root: from settings to a handler of HTTP requests. Puts GraphQL Yoga, the schema, the
 * request's loader and the upstream client together. Knows neither paging nor REST parameters.
 */
import type { RequestListener } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { createShutdownDeadline, watchSignal } from './gateway/http/operation-deadline.ts';
import { operatorEndpoints, operatorListener } from './gateway/http/operator-endpoints.ts';
import { createOverload, type OverloadLimits, type ProcessLoad } from './gateway/http/overload.ts';
import { createRefuse } from './gateway/http/plain-error.ts';
import { largestBatch } from './gateway/http/request-parameters.ts';
import type { ServerContext } from './gateway/http/request-record.ts';
import { guardTarget } from './gateway/http/request-target.ts';
import { createDocumentCache } from './gateway/operation/document-plugin.ts';
import { type PluginParts, pluginsOf } from './gateway/plugins.ts';
import { createPreparedOperations } from './gateway/short-way/prepared-operations.ts';
import { shortWay } from './gateway/short-way/short-way.ts';
import { createAnswerCache, createReplicaSharing } from './gateway/wiring/replica-sharing.ts';
import { createContextFactory, traceStarter } from './gateway/wiring/request-context.ts';
import { createUpstreamAccess, type GatewayConfig } from './gateway/wiring/upstream-access.ts';
import type { SchemaContext } from './schema/builder.ts';
import { schema } from './schema/schema.ts';
import type { Log } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import type { StartRequestTrace } from './telemetry/trace-spans.ts';

/** What comes from outside. */
export type GatewayDeps = {
  readonly log: Log;
  /** The monotonic clock in milliseconds; the process's own unless given. */
  readonly now?: () => number;
  /** Tells the date, in milliseconds since 1970. */
  readonly wallNow: () => number;
  /** A new id for a request that came without one. */
  readonly createRequestId: () => string;
  /** The address of the built-in sandbox, if it is the upstream: pages link to it. */
  readonly sandboxUrl?: string | undefined;
  /** The gateway's own unless given. */
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
  /** Takes the load of the process, some times a second. With too much of it, `listener` refuses requests. */
  readonly reportLoad: (load: ProcessLoad) => void;
  /** For `node:http` on ADMIN_PORT: readiness in detail, and metrics. */
  readonly adminListener: RequestListener;
  /**
   * From now on `/readyz` says 503. Everything else goes on, but every operation, open or new, is answered within `withinMs`
   * milliseconds, if need be with an error. One that cannot get its permit by then is refused at once.
   */
  readonly drain: (withinMs: number) => void;
  /** Ends the connections to the upstream and to Redis. */
  readonly close: () => Promise<void>;
};

/** Builds a gateway. Makes no call and opens no port. */
export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  const { log, wallNow, createRequestId, sandboxUrl, now = () => performance.now() } = deps;
  const { metrics = createMetrics({ now }) } = deps;
  const clocks = { now, wallNow };
  let isDraining = false;
  const shutdown = createShutdownDeadline();
  const sharing = createReplicaSharing(config, clocks, log);
  const upstream = createUpstreamAccess(config, {
    ...clocks,
    budget: sharing?.budget,
    observe: metrics.observeCall,
    observeToken: metrics.observeTokenCall,
    events: metrics.upstreamEvents,
  });
  const cache = createAnswerCache(config, clocks, sharing);
  const watched = {
    ...upstream,
    sharingState: () => sharing?.state() ?? 'off',
    cacheBytes: () => cache?.bytes() ?? 0,
  };
  metrics.watchUpstream(watched);
  const operatorSources = { ...watched, isDraining: () => isDraining, metrics };
  const operators = operatorEndpoints(operatorSources, config.adminPort !== undefined);
  const startTrace = traceStarter(deps.startTrace);
  const parts = { log, now, createRequestId, startTrace, metrics, upstream, operators, sandboxUrl };
  const contextOf = createContextFactory(config, { upstream, cache, shutdown, now });
  const { yoga, answer } = createAnswering(config, parts, contextOf);
  const refuse = createRefuse({ createRequestId, log, countRequest: metrics.countRequest });
  const overload = createOverload(overloadLimits(config), {
    now,
    refuse,
    metrics,
    operatorPaths: operators.paths,
  });
  return {
    listener: overload.guard(guardTarget(config, operators.paths, refuse)(answer)),
    reportLoad: overload.report,
    fetch: async (request) => yoga.fetch(request),
    adminListener: operatorListener(operatorSources),
    drain(withinMs) {
      isDraining = true;
      shutdown.bringForward(now() + withinMs);
      upstream.closeAt(shutdown.at());
    },
    async close() {
      await upstream.close();
      await sharing?.close();
    },
  };
}

/** The two ways to an answer: Yoga, and in front of it the short way of prepared operations. */
function createAnswering(
  config: GatewayConfig,
  parts: Omit<PluginParts, 'documents'>,
  contextOf: ReturnType<typeof createContextFactory>,
) {
  const { metrics, upstream } = parts;
  const maxBytes = Math.floor(config.documentCacheBytes / 2);
  const documents = createDocumentCache({ ...config, documentCacheBytes: maxBytes });
  const bounds = config;
  const operations = createPreparedOperations({ schema, documentOf: documents.find, bounds, maxBytes });
  metrics.watchDocuments(() => documents.bytes() + operations.bytes());
  const yoga = createYoga<ServerContext, SchemaContext>({
    schema,
    context: ({ request: { headers, signal }, record, req }) =>
      contextOf({ headers, record, req, watchClient: watchSignal(signal) }),
    plugins: pluginsOf(config, { ...parts, documents }),
    maxRequestBodySize: config.maxBodyBytes,
    ...yogaOptions,
  });
  if (!config.preparedOperations) return { yoga, answer: yoga };
  const { maxBodyBytes } = config;
  const { countRequest } = metrics;
  const { headersProblem } = upstream;
  const shortParts = { ...parts, operations, contextOf, maxBodyBytes, countRequest, headersProblem };
  return { yoga, answer: shortWay(shortParts, yoga) };
}

/** One address may have half of what is in flight, so that must be less than there are connections. */
function overloadLimits(config: GatewayConfig): OverloadLimits {
  const { requestsInFlight } = config.overload;
  const { maxConnections } = config.clientLimits;
  return { ...config, ...config.overload, requestsInFlight: Math.min(requestsInFlight, maxConnections) };
}

/** The same for every gateway: what Yoga would do by itself is mostly done here instead. */
const yogaOptions = {
  graphiql: false, // Yoga's page is 9 MB, uncompressed, and needs inline scripts.
  landingPage: false,
  healthCheckEndpoint: ' ', // Yoga answers every URL that ends like this; none ends with a space.
  parserAndValidationCache: false, // It counts documents, not bytes; `createDocumentCache` replaces it.
  maskedErrors: false, // `requestPlugin` gives every error its client form, unexpected ones included.
  logging: false, // Yoga would print errors with the values that they quote.
  multipart: false,
  batching: { limit: largestBatch },
  cors: false,
} as const;
