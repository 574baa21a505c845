/**
 * Turns the environment into one frozen, validated configuration, or throws one error with all problems. Pure: files and
 * randomness are passed in. Knows neither GraphQL nor REST.
 */

import { mistakeWarnings, proxyWarnings, unservedProblems } from './config/notices.ts';
import { type Environment, type Reading, readSettings, type Source } from './config/reading.ts';
import { settings } from './config/settings.ts';
import {
  decideIdSecrets,
  decideUpstream,
  type IdSecrets,
  isProduction,
  type Upstream,
} from './config/start-rules.ts';
import { decideTraces } from './config/traces.ts';

/** All settings, validated, with defaults. `config/settings.ts` says what each one means. */
export type Config = Readonly<ReturnType<typeof configOf>>;

/** What `loadConfig` needs from outside. */
export type ConfigDeps = {
  /** Returns the whole text of a file, or throws if it cannot be read. For secrets in NAME_FILE. */
  readonly readFile: Source['readFile'];
  /** Returns a new secret of 32 characters or more, used if ID_SECRET is unset. */
  readonly randomSecret: () => string;
};

/** The error if the settings do not allow a start. The message has one line for each problem. */
export class ConfigError extends Error {
  /** A sentence for each problem: the variable, what it got (never a secret), and what it takes. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The settings do not allow a start:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads every setting from `env`.
 * @throws {ConfigError} with all problems at once.
 */
export function loadConfig(env: Environment, { readFile, randomSecret }: ConfigDeps): Config {
  const reading = readSettings(settings, { env, readFile });
  const upstream = decideUpstream(reading);
  const idSecrets = decideIdSecrets(reading, randomSecret);

  const problems = [
    ...[reading, upstream, idSecrets].flatMap((part) => part.problems),
    ...unservedProblems(env),
  ];
  if (problems.length > 0) throw new ConfigError(problems);

  const traces = decideTraces(env);
  const warnings = [
    ...mistakeWarnings(env),
    ...(upstream.decided.mode === 'sandbox' ? [] : proxyWarnings(env)),
    ...[upstream, idSecrets, traces].flatMap((part) => part.warnings),
  ];
  return deepFreeze(
    configOf(reading, {
      upstream: upstream.decided,
      ...idSecrets.decided,
      tracesTo: traces.tracesTo,
      warnings,
    }),
  );
}

/** What is decided from several settings. */
type Decided = IdSecrets & {
  readonly upstream: Upstream;
  /** The host of the collector that spans go to. `undefined`: nothing is traced. */
  readonly tracesTo: string | undefined;
  /** Warnings for the start, about likely mistakes. Full sentences. */
  readonly warnings: readonly string[];
};

function configOf({ values, given }: Reading<typeof settings>, decided: Decided) {
  const production = isProduction(values);
  const isOn = (name: 'GRAPHIQL' | 'INTROSPECTION' | 'RECEIPTS') =>
    given.has(name) ? values[name] : !production;
  return {
    ...decided,
    production,
    host: values.HOST,
    port: values.PORT,
    allowedHosts: values.ALLOWED_HOSTS,
    corsOrigins: values.CORS_ORIGINS,
    adminPort: values.ADMIN_PORT,
    sandboxPort: values.SANDBOX_PORT,
    sandboxHost: values.SANDBOX_HOST,
    trustedProxies: values.TRUSTED_PROXIES,
    upstreamMaxLimit: values.UPSTREAM_MAX_LIMIT,
    upstreamFixedPages: values.UPSTREAM_FIXED_PAGES,
    upstreamTimeoutMs: values.UPSTREAM_TIMEOUT_MS,
    upstreamRetries: values.UPSTREAM_RETRIES,
    upstreamMaxConcurrency: values.UPSTREAM_MAX_CONCURRENCY,
    upstreamCallsPerMinute: values.UPSTREAM_CALLS_PER_MINUTE,
    upstreamMaxCredentials: values.UPSTREAM_MAX_CREDENTIALS,
    proxy: proxyOf(decided.upstream, values),
    operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    ...requestLimitsOf(values),
    graphiql: isOn('GRAPHIQL'),
    introspection: isOn('INTROSPECTION'),
    preparedOperations: values.PREPARED_OPERATIONS,
    receipts: isOn('RECEIPTS'),
    redisUrl: values.REDIS_URL,
    replicas: values.REPLICAS,
    cacheTtlSeconds: values.CACHE_TTL_SECONDS,
    cachePastTtlSeconds: values.CACHE_PAST_TTL_SECONDS ?? values.CACHE_TTL_SECONDS,
    cacheMaxBytes: values.CACHE_MAX_BYTES,
    logLevel: values.LOG_LEVEL,
    logBufferBytes: values.LOG_BUFFER_BYTES,
    clientLimits: clientLimitsOf(values),
    overload: overloadOf(values),
  };
}

type Values = Reading<typeof settings>['values'];

/** The standard proxy variables. The sandbox has no proxy: it is on this machine. */
function proxyOf({ mode }: Upstream, values: Values) {
  const isUsed = mode !== 'sandbox';
  return {
    httpProxy: isUsed ? values.HTTP_PROXY : undefined,
    httpsProxy: isUsed ? values.HTTPS_PROXY : undefined,
    noProxy: isUsed ? values.NO_PROXY : undefined,
  } as const;
}

function requestLimitsOf(values: Values) {
  return {
    maxCallsPerOperation: values.MAX_CALLS_PER_OPERATION,
    maxPageSize: values.MAX_PAGE_SIZE,
    maxBodyBytes: values.MAX_BODY_BYTES,
    maxOperationSize: values.MAX_OPERATION_SIZE,
    maxTokens: values.MAX_TOKENS,
    maxAliases: values.MAX_ALIASES,
    maxRootFields: values.MAX_ROOT_FIELDS,
    maxListItems: values.MAX_LIST_ITEMS,
    maxVariablesSize: values.MAX_VARIABLES_SIZE,
    documentCacheBytes: values.DOCUMENT_CACHE_BYTES,
  };
}

/** The limits on clients, in the form that the server takes. */
function clientLimitsOf(values: Values) {
  return {
    maxConnections: values.MAX_CONNECTIONS,
    maxRequestsPerConnection: values.MAX_REQUESTS_PER_CONNECTION,
    stallTimeoutMs: values.CLIENT_STALL_TIMEOUT_MS,
    maxUnreadBytes: values.MAX_UNREAD_BYTES,
  } as const;
}

/** The limits beyond which requests are refused with OVERLOADED. */
function overloadOf(values: Values) {
  return {
    loopDelayMs: values.OVERLOAD_LOOP_DELAY_MS,
    heapPercent: values.OVERLOAD_HEAP_PERCENT,
    requestsInFlight: values.MAX_REQUESTS_IN_FLIGHT,
    bodyBytesInFlight: values.MAX_BODY_BYTES_IN_FLIGHT,
  } as const;
}

/** Freezes an object and everything in it, so that no part of the process can change the configuration of another. */
function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
}
