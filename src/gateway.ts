/**
 * The composition root: builds the gateway from the settings. It joins the upstream client, the schema, GraphQL Yoga, the
 * short way and the guards in front of them. Knows neither paging nor REST parameters.
 */
import type { RequestListener } from 'node:http';
import { createYoga } from 'graphql-yoga';
import { createCors } from './gateway/http/cors.ts';
import { operatorEndpoints, operatorListener } from './gateway/http/endpoints.ts';
import { createDeadlines } from './gateway/http/operation-deadline.ts';
import { createOverload, type ProcessLoad } from './gateway/http/overload.ts';
import { createRefuse } from './gateway/http/plain-error.ts';
import { largestBatch } from './gateway/http/request-parameters.ts';
import { logFault, type ServerContext } from './gateway/http/request-record.ts';
import { guardTarget } from './gateway/http/request-target.ts';
import { createDocumentCache } from './gateway/operation/document-plugin.ts';
import { type PluginParts, pluginsOf } from './gateway/plugins.ts';
import { createPreparedOperations, type Prepared } from './gateway/short-way/prepared-operations.ts';
import { shortWay } from './gateway/short-way/short-way.ts';
import {
  createAnswerCache,
  createReplicaSharing,
  type ReplicaSharing,
} from './gateway/wiring/replica-sharing.ts';
import { createContextFactory } from './gateway/wiring/request-context.ts';
import { createUpstreamAccess, type GatewayConfig } from './gateway/wiring/upstream-access.ts';
import { createUpstreamStates, type UpstreamStates } from './gateway/wiring/upstream-states.ts';
import { CallsInFlight } from './ledger/source/calls-in-flight.ts';
import type { SchemaContext } from './schema/builder.ts';
import { schema } from './schema/schema.ts';
import type { RedisLink } from './store/redis-link.ts';
import type { Log } from './telemetry/log.ts';
import { createMetrics, type Metrics } from './telemetry/metrics.ts';
import type { StartRequestTrace } from './telemetry/trace-spans.ts';
import type { WatchedUpstream } from './telemetry/upstream-metrics.ts';

/** What the gateway needs besides the settings. */
export type GatewayDeps = {
  readonly log: Log;
  /** The monotonic clock in milliseconds. Default: the clock of the process. */
  readonly now?: () => number;
  /** The wall clock: milliseconds since 1970. */
  readonly wallNow: () => number;
  /** Creates an id for a request that came without one. */
  readonly createRequestId: () => string;
  /** The URL of the built-in sandbox, if it is the upstream. Pages link to it. */
  readonly sandboxUrl?: string | undefined;
  /** Default: metrics of this gateway alone. */
  readonly metrics?: Metrics;
  /** Begins the trace of a request. Without it nothing is traced. */
  readonly startTrace?: StartRequestTrace | undefined;
  /** The connection to Redis, which the gateway closes with itself. Without it nothing is shared with replicas. */
  readonly redisLink?: RedisLink | undefined;
};

/** A gateway, ready to serve. */
export type Gateway = {
  /** Serves clients, for `node:http`. */
  readonly listener: RequestListener;
  /** Serves a request without a socket: through Yoga only, without the guards and the short way of `listener`. */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Call it several times a second with the load of the process. While it is too high, `listener` refuses requests. */
  readonly reportLoad: (load: ProcessLoad) => void;
  /** Serves operators on ADMIN_PORT, for `node:http`: readiness in detail, and metrics. */
  readonly adminListener: RequestListener;
  /**
   * Begins a shutdown. From now on `/readyz` answers 503. Requests are still served, and every operation, running or new,
   * is answered within `withinMs` milliseconds, if necessary with an error. A call that cannot get its permit by then is
   * refused at once.
   */
  readonly drain: (withinMs: number) => void;
  /**
   * Forgets all that earlier calls left behind: breaker, budget, tokens, cached answers. Calls in flight fail. What Redis
   * holds stays.
   */
  readonly reset: () => void;
  /** Ends the connections to the upstream and to Redis. */
  readonly close: () => Promise<void>;
};

/** Builds a gateway. Makes no call and opens no port. */
export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  const { log, wallNow, createRequestId, sandboxUrl, startTrace, now = () => performance.now() } = deps;
  const { metrics = createMetrics() } = deps;
  const clocks = { now, wallNow };
  let isDraining = false;
  const deadlines = createDeadlines(config.operationTimeoutMs, now);
  const sharing = deps.redisLink && createReplicaSharing(deps.redisLink, config, { ...clocks, log });
  const openState = () => ({
    upstream: createUpstreamAccess(config, {
      ...clocks,
      events: metrics.upstreamEvents,
      ...(sharing && { budget: sharing.budget }),
    }),
    cache: createAnswerCache(config, clocks, sharing),
    callsInFlight: new CallsInFlight(),
  });
  const states = createUpstreamStates(openState, sandboxUrl !== undefined);
  const watched = watchShared(states, sharing);
  metrics.watchUpstream(watched);
  const operatorSources = { ...watched, isDraining: () => isDraining, metrics };
  const operators = operatorEndpoints(operatorSources, config.adminPort !== undefined);
  const cors = createCors(config, operators.paths);
  const { headersProblem } = states.shared().upstream; // The same in every state.
  const watch = { log, now, createRequestId, startTrace, metrics };
  const parts = { ...watch, headersProblem, operators, cors, sandboxUrl };
  const contextOf = createContextFactory(config, { states, deadlines, now });
  const { yoga, listener } = createListener(config, parts, contextOf, metrics);
  const refuse = createRefuse(watch);
  const overload = createOverload(config, { now, refuse, metrics, operatorPaths: operators.paths });
  return {
    listener: cors.guard(overload.guard(guardTarget(config, operators.paths, refuse)(listener))),
    reportLoad: overload.report,
    fetch: async (request) => yoga.fetch(request),
    adminListener: operatorListener(operatorSources, (fault) => logFault(log, createRequestId(), fault)),
    drain(withinMs) {
      isDraining = true;
      states.closeAt(deadlines.bringForward(now() + withinMs));
    },
    reset: states.reset,
    async close() {
      await states.close();
      await sharing?.close();
    },
  };
}

/** What metrics and readiness show: the state that requests share. It is looked up each time, because `reset` replaces it. */
const watchShared = ({ shared }: UpstreamStates, sharing: ReplicaSharing | undefined): WatchedUpstream => ({
  breakerState: () => shared().upstream.breakerState(),
  areCredentialsRefused: () => shared().upstream.areCredentialsRefused(),
  waitingCalls: () => shared().upstream.waitingCalls(),
  callsWaitingForSlot: () => shared().upstream.callsWaitingForSlot(),
  budget: () => shared().upstream.budget(),
  sharingState: () => sharing?.state() ?? 'off',
  cacheBytes: () => shared().cache?.bytes() ?? 0,
});

/** Builds Yoga, and the listener of operations: Yoga itself, or the short way with Yoga as its long way. */
function createListener(
  config: GatewayConfig,
  parts: Omit<PluginParts, 'documents'>,
  contextOf: ReturnType<typeof createContextFactory>,
  { watch }: Pick<Metrics, 'watch'>,
) {
  const documents = createDocumentCache<Prepared>(config);
  const operations = createPreparedOperations({ schema, documents, bounds: config });
  watch({ documentBytes: documents.bytes });
  const yoga = createYoga<ServerContext, SchemaContext>({
    schema,
    context: ({ request: { headers, signal: clientSignal }, record, req }) =>
      contextOf({ headers, record, req, clientSignal }),
    plugins: pluginsOf(config, { ...parts, documents }),
    maxRequestBodySize: config.maxBodyBytes,
    ...yogaOptions,
  });
  if (!config.preparedOperations) return { yoga, listener: yoga };
  const { maxBodyBytes } = config;
  return { yoga, listener: shortWay({ ...parts, operations, contextOf, maxBodyBytes }, yoga) };
}

/** The options of Yoga that no setting changes. Most of them turn off what the gateway does itself. */
const yogaOptions = {
  graphiql: false, // Yoga's page is 9 MB, uncompressed, and needs inline scripts.
  landingPage: false,
  healthCheckEndpoint: ' ', // Turned off: Yoga answers URLs that end with this text, and no URL ends with a space.
  parserAndValidationCache: false, // Yoga's cache counts documents, not bytes; `createDocumentCache` replaces it.
  maskedErrors: false, // `requestPlugin` gives every error its client form, unexpected ones included.
  logging: false, // Yoga would print errors with the values that they quote.
  multipart: false,
  batching: { limit: largestBatch },
  cors: false,
} as const;
