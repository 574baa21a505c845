/**
 * The environment → one frozen, validated configuration, or one error with everything that is wrong with
 * it. Pure: files and randomness come in. Knows neither GraphQL nor REST.
 */

import type { limitSettings } from './config/limit-settings.ts';
import type { NoProxyEntry } from './config/no-proxy.ts';
import { proxyWarnings, slipWarnings, unservedProblems } from './config/notices.ts';
import { type Environment, readSettings, type Source, type ValuesOf } from './config/reading.ts';
import { type ServerConfig, serverConfig } from './config/server-settings.ts';
import { type LogLevel, settings } from './config/settings.ts';
import { decideIdSecrets, decideUpstream, isProduction, type Upstream } from './config/start-rules.ts';
import { decideTraces } from './config/traces.ts';

/** Everything that can be set, checked, with defaults in place; what each means is in `config/settings.ts`. */
export type Config = ServerConfig & {
  /** NODE_ENV=production. */
  readonly production: boolean;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Host names it answers to, in one spelling; undefined leaves it to `host`. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Where operators ask; the same port if undefined, any free one if 0. */
  readonly adminPort: number | undefined;
  /** How many proxies stand before the gateway and tell whom they were called by. */
  readonly trustedProxies: number;
  readonly upstream: Upstream;
  /** In entries per page. */
  readonly upstreamMaxLimit: number;
  readonly upstreamFixedPages: boolean;
  readonly upstreamTimeoutMs: number;
  /** Further tries of a failed call. */
  readonly upstreamRetries: number;
  readonly upstreamMaxConcurrency: number;
  /** Of each upstream credential, in any 60 s; undefined is as many as the upstream takes. */
  readonly upstreamCallsPerMinute: number | undefined;
  /** Credentials that calls are counted for at once. */
  readonly upstreamMaxCredentials: number;
  /** Proxies on the way to the upstream; none for the sandbox, which is on this machine. */
  readonly proxy: ProxySettings;
  /** 32 characters or more. */
  readonly idSecret: string;
  readonly idSecretPrevious: string | undefined;
  readonly operationTimeoutMs: number;
  readonly shutdownTimeoutMs: number;
  readonly maxCallsPerOperation: number;
  /** In entries. */
  readonly maxPageSize: number;
  readonly maxBodyBytes: number;
  /** Fields that the operations of one HTTP request resolve together. */
  readonly maxOperationSize: number;
  /** Of one document. */
  readonly maxTokens: number;
  /** How often one selection takes one field. */
  readonly maxAliases: number;
  readonly maxRootFields: number;
  /** Of one list argument. */
  readonly maxListItems: number;
  /** Characters of the variables of one operation. */
  readonly maxVariablesSize: number;
  readonly documentCacheBytes: number;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  /** May hold a password. Undefined: nothing is shared with other replicas. */
  readonly redisUrl: string | undefined;
  /** How many share the budget, this one included. */
  readonly replicas: number;
  /** How long an answer may be reused; 0 is not at all. The second for an `endDate` well in the past. */
  readonly cacheTtlSeconds: number;
  readonly cachePastTtlSeconds: number;
  /** Of answers kept in this process. */
  readonly cacheMaxBytes: number;
  readonly receipts: boolean;
  readonly logLevel: LogLevel;
  /** The host of the collector that spans go to; undefined: nothing is traced. */
  readonly tracesTo: string | undefined;
  /** Full sentences for the log at the start: what works but is likely not meant. */
  readonly warnings: readonly string[];
};

/** The standard proxy variables: URLs, and the hosts that are met directly. */
export type ProxySettings = {
  readonly httpProxy: string | undefined;
  readonly httpsProxy: string | undefined;
  readonly noProxy: readonly NoProxyEntry[] | undefined;
};

/** What `loadConfig` cannot have of itself. */
export type ConfigDeps = {
  /** A file's whole text; throws where it cannot be read. For secrets given as NAME_FILE. */
  readonly readFile: Source['readFile'];
  /** A new secret of 32 characters or more, used where ID_SECRET is not needed to last. */
  readonly randomSecret: () => string;
};

/** The settings do not allow a start. The message lists every problem on a line of its own. */
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
export const loadConfig = (env: Environment, { readFile, randomSecret }: ConfigDeps): Config => {
  const served = readSettings(settings, { env, readFile });
  const upstream = decideUpstream(served);
  const idSecrets = decideIdSecrets(served, randomSecret);
  const unserved = { problems: unservedProblems({ env, readFile }) };

  const problems = [served, upstream, idSecrets, unserved].flatMap((part) => part.problems);
  if (problems.length > 0) throw new ConfigError(problems);

  const { values, given } = served;
  const traces = decideTraces(env);
  const production = isProduction(served);
  return deepFreeze({
    production,
    host: values.HOST,
    port: values.PORT,
    allowedHosts: values.ALLOWED_HOSTS,
    adminPort: values.ADMIN_PORT,
    trustedProxies: values.TRUSTED_PROXIES,
    upstream: upstream.decided,
    upstreamMaxLimit: values.UPSTREAM_MAX_LIMIT,
    upstreamFixedPages: values.UPSTREAM_FIXED_PAGES,
    upstreamTimeoutMs: values.UPSTREAM_TIMEOUT_MS,
    upstreamRetries: values.UPSTREAM_RETRIES,
    upstreamMaxConcurrency: values.UPSTREAM_MAX_CONCURRENCY,
    upstreamCallsPerMinute: values.UPSTREAM_CALLS_PER_MINUTE,
    upstreamMaxCredentials: values.UPSTREAM_MAX_CREDENTIALS,
    proxy: proxyFor(upstream.decided, values),
    ...idSecrets.decided,
    operationTimeoutMs: values.OPERATION_TIMEOUT_MS,
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    ...limitsOf(values),
    graphiql: given.has('GRAPHIQL') ? values.GRAPHIQL : !production,
    introspection: given.has('INTROSPECTION') ? values.INTROSPECTION : !production,
    redisUrl: values.REDIS_URL,
    replicas: values.REPLICAS,
    cacheTtlSeconds: values.CACHE_TTL_SECONDS,
    cachePastTtlSeconds: values.CACHE_PAST_TTL_SECONDS ?? values.CACHE_TTL_SECONDS,
    cacheMaxBytes: values.CACHE_MAX_BYTES,
    receipts: given.has('RECEIPTS') ? values.RECEIPTS : !production,
    logLevel: values.LOG_LEVEL,
    ...serverConfig(values),
    tracesTo: traces.tracesTo,
    warnings: [
      ...slipWarnings(env),
      ...(upstream.decided.mode === 'sandbox' ? [] : proxyWarnings(env)),
      ...[upstream, idSecrets, traces].flatMap((part) => part.warnings),
    ],
  });
};

/** What one request may take, of the upstream and of this process. */
const limitsOf = (values: ValuesOf<typeof limitSettings>) => ({
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
});

type ProxyValues = Pick<ValuesOf<typeof settings>, 'HTTP_PROXY' | 'HTTPS_PROXY' | 'NO_PROXY'>;

const proxyFor = ({ mode }: Upstream, values: ProxyValues): ProxySettings =>
  mode === 'sandbox'
    ? { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined }
    : { httpProxy: values.HTTP_PROXY, httpsProxy: values.HTTPS_PROXY, noProxy: values.NO_PROXY };

/** Freezes plain objects and arrays all the way down, so that no part of the process can set what another reads. */
const deepFreeze = <T extends object>(value: T): T => {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
};
