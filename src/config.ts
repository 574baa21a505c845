/**
 * Turns the environment into one frozen, validated configuration, or throws one error with all problems. Pure: files and
 * randomness are passed in. Knows neither GraphQL nor REST.
 */

import { mistakeWarnings, pairWarnings, proxyWarnings, unservedProblems } from './config/notices.ts';
import { type Environment, type Reading, readSettings, type Source } from './config/reading.ts';
import { settings } from './config/settings.ts';
import { decideIdSecrets, decideUpstream, isProduction } from './config/start-rules.ts';
import { decideTraces } from './config/traces.ts';

/** All settings, validated, with defaults. `config/settings.ts` says what each one means. */
export type Config = Readonly<ReturnType<typeof loadConfig>>;

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
export function loadConfig(env: Environment, { readFile, randomSecret }: ConfigDeps) {
  const reading = readSettings(settings, { env, readFile });
  const upstream = decideUpstream(reading);
  const idSecrets = decideIdSecrets(reading, randomSecret);

  const problems = [
    ...[reading, upstream, idSecrets].flatMap((part) => part.problems),
    ...unservedProblems(env),
  ];
  if (problems.length > 0) throw new ConfigError(problems);

  const traces = decideTraces(env);
  const isSandbox = upstream.decided.mode === 'sandbox';
  return deepFreeze({
    ...valuesOf(reading, isSandbox),
    ...idSecrets.decided,
    upstream: upstream.decided,
    /** The host of the collector that spans go to. `undefined`: nothing is traced. */
    tracesTo: traces.tracesTo,
    /** Warnings for the start, about likely mistakes. Full sentences. */
    warnings: [
      ...mistakeWarnings(env),
      ...pairWarnings(reading),
      ...(isSandbox ? [] : proxyWarnings(env)),
      ...[upstream, idSecrets, traces].flatMap((part) => part.warnings),
    ],
  });
}

function valuesOf({ values, given }: Reading<typeof settings>, isSandbox: boolean) {
  // The first of these decide `upstream`, `production` and `proxy`.
  const {
    UPSTREAM_URL,
    UPSTREAM_ALLOW_HTTP,
    UPSTREAM_BASIC_USER,
    UPSTREAM_BASIC_PASSWORD,
    UPSTREAM_OAUTH_KEY,
    UPSTREAM_OAUTH_SECRET,
    ALLOW_ANONYMOUS,
    HTTP_PROXY,
    HTTPS_PROXY,
    NO_PROXY,
    NODE_ENV,
    ...others
  } = values;
  const production = isProduction(values);
  const isOn = (name: 'GRAPHIQL' | 'INTROSPECTION' | 'RECEIPTS') =>
    given.has(name) ? values[name] : !production;
  return {
    ...camelNamed(others),
    production,
    // The sandbox is on this machine, and never behind a proxy.
    proxy: isSandbox ? {} : { httpProxy: HTTP_PROXY, httpsProxy: HTTPS_PROXY, noProxy: NO_PROXY },
    graphiql: isOn('GRAPHIQL'),
    introspection: isOn('INTROSPECTION'),
    receipts: isOn('RECEIPTS'),
    cachePastTtlSeconds: values.CACHE_PAST_TTL_SECONDS ?? values.CACHE_TTL_SECONDS,
  };
}

/** `UPSTREAM_MAX_LIMIT` → `upstreamMaxLimit`. */
type CamelName<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Lowercase<Head>}${Capitalize<CamelName<Tail>>}`
  : Lowercase<Name>;

/** Gives each value the name of its setting in camel case. */
function camelNamed<T extends object>(values: T): { [Name in keyof T as CamelName<Name & string>]: T[Name] } {
  const named = Object.entries(values).map(([name, value]) => [
    name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ]);
  return Object.fromEntries(named); // The type of `fromEntries` cannot express the names.
}

/** Freezes an object and everything in it, so that no part of the process can change the configuration of another. */
function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (part !== null && typeof part === 'object') deepFreeze(part);
  return Object.freeze(value);
}
