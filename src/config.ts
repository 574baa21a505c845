/**
 * The environment → one frozen, validated configuration, or one error with every problem. Pure: files and randomness are
 * passed in. Knows neither GraphQL nor REST.
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

/** Everything that can be set, checked, with defaults in place. `config/settings.ts` says what each value means. */
export type Config = Readonly<ReturnType<typeof configOf>>;

/** What `loadConfig` needs from outside. */
export type ConfigDeps = {
  /** Returns a file's whole text; throws if it cannot be read. For secrets given as NAME_FILE. */
  readonly readFile: Source['readFile'];
  /** Returns a new secret of 32 characters or more, where ID_SECRET need not last. */
  readonly randomSecret: () => string;
};

/** The settings do not allow a start. The message has every problem on a line of its own. */
export class ConfigError extends Error {
  /** One sentence for each problem: the variable, what it got (never a secret), what it takes. */
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

/** What follows from several settings. */
type Decided = IdSecrets & {
  readonly upstream: Upstream;
  /** The host of the collector that spans go to. `undefined`: nothing is traced. */
  readonly tracesTo: string | undefined;
  /** Full sentences for the log at the start, about what works but is likely a mistake. */
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
    adminPort: values.ADMIN_PORT,
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

/** What clients may hold, in the form that the server takes. */
function clientLimitsOf(values: Values) {
  return {
    maxConnections: values.MAX_CONNECTIONS,
    maxRequestsPerConnection: values.MAX_REQUESTS_PER_CONNECTION,
    stallTimeoutMs: values.CLIENT_STALL_TIMEOUT_MS,
    maxUnreadBytes: values.MAX_UNREAD_BYTES,
  } as const;
}

/** The values beyond which requests are refused. */
function overloadOf(values: Values) {
  return {
    loopDelayMs: values.OVERLOAD_LOOP_DELAY_MS,
    heapPercent: values.OVERLOAD_HEAP_PERCENT,
    requestsInFlight: values.MAX_REQUESTS_IN_FLIGHT,
    bodyBytesInFlight: values.MAX_BODY_BYTES_IN_FLIGHT,
  } as const;
}

/** Freezes plain objects and arrays all the way down, so that no part of the process can change what another reads. */
function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
}
