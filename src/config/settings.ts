/**
 * The table of all settings, from which docs/settings.md is generated. `start-rules.ts` has the rules that concern
 * several of them.
 */

import { allowedHosts } from './allowed-hosts.ts';
import { clientLimits, requestLimits } from './limit-settings.ts';
import { type NoProxyEntry, readNoProxy } from './no-proxy.ts';
import { choice, flag, freeText, integer, quoted, type Setting, secret } from './setting.ts';
import { parseProxyUrl, parseRedisUrl, parseUpstreamUrl } from './upstream-url.ts';

/** From the level that writes most lines to the one that writes none. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof logLevels)[number];

const tenMinutesMs = 600_000;
const oneYearSeconds = 31_536_000;

const host = (meaning: string) =>
  freeText(/^[\w.:%-]{1,253}$/, {
    takes: 'a host name or an IP address',
    byDefault: '127.0.0.1',
    meaning,
  });

/** A part of the service credentials. */
const credential = (word: string, meaning: string) =>
  secret({ pattern: /^[^\p{Cc}]+$/u, takes: `a ${word} without control characters`, meaning });

/** `config.ts` turns it off in production. */
const flagOfDevelopment = (meaning: string): Setting<boolean> =>
  flag({ byDefault: true, shownDefault: '`true` unless NODE_ENV=production', meaning });

const proxy = (meaning: string): Setting<string | undefined> => ({
  takes: 'an `http:` or `https:` URL',
  parse: parseProxyUrl,
  byDefault: undefined,
  lowerCaseToo: true,
  meaning,
});

/** Every setting, by the name of its variable, in the order of docs/settings.md. */
export const settings = {
  PORT: integer(0, 65_535, {
    byDefault: 4000,
    meaning: 'Port that the gateway listens on. 0 takes any free port.',
  }),
  HOST: host(
    'Host name or address that the gateway listens on. With the default only this machine can connect; a container sets `0.0.0.0`.',
  ),
  ALLOWED_HOSTS: allowedHosts,
  CORS_ORIGINS: {
    takes: 'origins as browsers send them, such as `https://shop.example`, separated by commas',
    parse: (text) => {
      const origins = text.split(',').map((entry) => entry.trim());
      const wrong = origins.find((origin) => !isOrigin(origin));
      return wrong === undefined ? { value: origins } : { got: quoted(wrong) };
    },
    byDefault: [],
    shownDefault: 'unset: none',
    meaning:
      'Origins whose pages may read answers in a browser (CORS). Each is compared exactly: scheme, host and port, no path and no `*`. `null` is refused, because any page can have that origin. Cookies are never read, so a page can do nothing for its visitor beyond what anyone can do who reaches the gateway. By default only pages of the gateway’s own origin can read it.',
  } satisfies Setting<readonly string[]>,
  ADMIN_PORT: integer(0, 65_535, {
    byDefault: undefined,
    shownDefault: 'unset: the same port',
    meaning:
      'When set, `/metrics` and the details of `/readyz` are served only on this port, so that PORT can be open to the world. 0 takes any free port.',
  }),
  TRUSTED_PROXIES: integer(0, 10, {
    byDefault: 0,
    meaning:
      'How many proxies are in front of the gateway. Each must append the address of its client to `X-Forwarded-For`. From this header the gateway takes the addresses of clients, to serve them in turn. The default is 0, because without a proxy a client can write any address there.',
  }),
  UPSTREAM_URL: {
    takes: 'an `https:` URL (`http:` to this machine) without user, query or fragment',
    parse: parseUpstreamUrl,
    byDefault: undefined,
    shownDefault: 'unset: the built-in sandbox',
    meaning:
      'Base URL of the upstream endpoint, such as `https://eu.api.capillarytech.com`. The default is the sandbox, so that the first run needs no setting.',
  } as Setting<string | undefined>,
  SANDBOX_PORT: integer(0, 65_535, {
    byDefault: 4010,
    meaning:
      'Port of the built-in sandbox, with its [control page and endpoints](sandbox.md). It is fixed, so that tests can name it. 0 takes any free port. The sandbox has [more settings](sandbox.md#settings).',
  }),
  SANDBOX_HOST: host(
    'Host name or address that the built-in sandbox listens on. With the default only this machine can switch faults on.',
  ),
  UPSTREAM_ALLOW_HTTP: flag({
    byDefault: false,
    meaning: 'Allows an `http:` UPSTREAM_URL on another machine. Credentials can then be read in transit.',
  }),
  UPSTREAM_MAX_LIMIT: integer(1, 100, {
    byDefault: 10,
    meaning: 'Largest page that the upstream gives, in entries. Every edition of its reference allows 10.',
  }),
  UPSTREAM_FIXED_PAGES: flag({
    byDefault: false,
    meaning:
      'Always asks for pages of UPSTREAM_MAX_LIMIT entries. Only for an upstream whose entries have no fixed positions, because it costs more calls.',
  }),
  UPSTREAM_TIMEOUT_MS: integer(1, tenMinutesMs, {
    byDefault: 10_000,
    meaning:
      'Most milliseconds of one upstream call. The default is a third of OPERATION_TIMEOUT_MS, so that a failed call leaves time to retry.',
  }),
  UPSTREAM_RETRIES: integer(0, 10, {
    byDefault: 2,
    meaning:
      'How often a call that failed for a passing reason is tried again, if the operation has time for it. The gateway waits at least as long as the upstream’s `Retry-After` says. 0 turns retries off. Two are enough for a short failure; more would make an outage worse.',
  }),
  UPSTREAM_MAX_CONCURRENCY: integer(1, 1000, {
    byDefault: 32,
    meaning:
      'Most upstream calls of this process in flight. The default is enough for quick answers and does not flood the endpoint.',
  }),
  UPSTREAM_CALLS_PER_MINUTE: integer(1, 1_000_000, {
    byDefault: undefined,
    shownDefault: 'unset: only 429 limits calls',
    meaning:
      'Call budget: most calls of one upstream credential in any 60 seconds, token calls and retries included. Set it to what your contract says. Further calls wait. A call that could not go out before its deadline is refused with RATE_LIMITED at once. A call counts until 61 s after its end. With UPSTREAM_OAUTH_KEY one call of the budget is reserved for token calls.',
  }),
  UPSTREAM_MAX_CREDENTIALS: integer(100, 1_000_000, {
    byDefault: 50_000,
    meaning:
      'Most upstream credentials whose calls this process counts, which are those of the last minute. Calls with further credentials are refused with RATE_LIMITED. One address may use a quarter of them. Each takes about 600 bytes.',
  }),
  UPSTREAM_BASIC_USER: secret({
    pattern: /^[^:\p{Cc}]+$/u,
    takes: 'a user name without colon or control characters',
    meaning: 'User of the service credentials. Without service credentials, each caller’s own go upstream.',
  }),
  UPSTREAM_BASIC_PASSWORD: credential('password', 'Password of the service credentials.'),
  UPSTREAM_OAUTH_KEY: credential(
    'key',
    'Key of the service credentials for the token endpoint. They replace user and password.',
  ),
  UPSTREAM_OAUTH_SECRET: credential('secret', 'Secret of the service credentials for the token endpoint.'),
  ALLOW_ANONYMOUS: flag({
    byDefault: false,
    meaning:
      'Serves callers that do not authenticate. Required with service credentials, as a confirmation: everyone who can connect then sees all data.',
  }),
  ID_SECRET: secret({
    min: 32,
    takes: '32 characters or more',
    shownDefault: 'unset: random at each start; fixed in the sandbox',
    meaning:
      'Secret that seals ids and tags cursors. Required with UPSTREAM_URL in production, because ids must survive a restart and be the same on all replicas.',
  }),
  ID_SECRET_PREVIOUS: secret({
    min: 32,
    takes: '32 characters or more',
    meaning: 'The ID_SECRET before its last change. Ids and cursors that it sealed are still accepted.',
  }),
  REDIS_URL: {
    takes: 'a `redis:` or `rediss:` URL, with nothing but a database number as its path',
    parse: parseRedisUrl,
    byDefault: undefined,
    shownDefault: 'unset: in this process only',
    secret: true,
    meaning:
      'Redis in which replicas share one call budget and cached answers, such as `rediss://user:password@cache:6379`. Everything there is sealed with ID_SECRET, which is required as well if UPSTREAM_URL is set.',
  } as Setting<string | undefined>,
  REPLICAS: integer(1, 1000, {
    byDefault: 1,
    meaning:
      'How many replicas share the budget. While Redis is away, each replica has its share of the budget, rounded down, but at least one call.',
  }),
  CACHE_TTL_SECONDS: integer(0, oneYearSeconds, {
    byDefault: 0,
    meaning:
      'Seconds for which an answer may be reused. By default answers are not cached, because a balance can change at any moment.',
  }),
  CACHE_PAST_TTL_SECONDS: integer(0, oneYearSeconds, {
    byDefault: undefined,
    shownDefault: '= CACHE_TTL_SECONDS',
    meaning:
      'The same for an `endDate` more than 26 hours in the past. That day is over in every time zone, and such balances hardly change.',
  }),
  CACHE_MAX_BYTES: integer(1_048_576, 17_179_869_184, {
    byDefault: 67_108_864,
    meaning:
      'Most bytes of cached answers in this process, estimated a little too high. Answers that were used least recently are dropped first. The default fits a small container and is enough for the lists of a busy hour.',
  }),
  OPERATION_TIMEOUT_MS: integer(1, tenMinutesMs, {
    byDefault: 30_000,
    meaning:
      'Most milliseconds of a whole operation, waits and retries included. The default is below the 60 s after which most load balancers give up.',
  }),
  SHUTDOWN_TIMEOUT_MS: integer(1, tenMinutesMs, {
    byDefault: 10_000,
    meaning:
      'Most milliseconds from SIGTERM to the end of the process. The default is how long Docker waits before it kills.',
  }),
  ...requestLimits,
  GRAPHIQL: flagOfDevelopment('Serves GraphiQL to browsers at `/graphql`.'),
  INTROSPECTION: flagOfDevelopment('Answers introspection queries, which read the schema.'),
  PREPARED_OPERATIONS: flag({
    byDefault: true,
    meaning:
      'Prepares an operation once and runs it faster when it comes again, with the same answers. With `false`, every operation is parsed, validated and executed from the start, at many times the cost.',
  }),
  RECEIPTS: flagOfDevelopment(
    'If a request has the header `x-upstream-receipt: 1`, the answer says what it cost in upstream calls. That shows callers how the upstream is used.',
  ),
  LOG_LEVEL: choice(logLevels, {
    byDefault: 'info',
    meaning: 'Least severe level of log lines that are written.',
  }),
  ...clientLimits,
  HTTPS_PROXY: proxy('Proxy for an `https:` upstream. The name in lower case works as well.'),
  HTTP_PROXY: proxy(
    'Proxy for an `http:` upstream; also for an `https:` one if HTTPS_PROXY is unset. The name in lower case works as well.',
  ),
  NO_PROXY: {
    takes: 'hosts separated by commas',
    // An unknown form causes a warning and no problem, because such lists are often set for a whole fleet.
    parse: (value) => ({ value: readNoProxy(value).entries }),
    byDefault: undefined,
    lowerCaseToo: true,
    meaning:
      'Hosts that are called without the proxy: `*`, names (with all names below them), addresses, and blocks such as `10.0.0.0/8`. All but blocks may have a port. An entry in another form causes a warning at the start. The name in lower case works as well.',
  } as Setting<readonly NoProxyEntry[] | undefined>,
  NODE_ENV: freeText(/^/, {
    takes: 'any text',
    byDefault: 'development',
    meaning:
      '`production` turns off GRAPHIQL, INTROSPECTION and RECEIPTS by default, and requires ID_SECRET with UPSTREAM_URL.',
  }),
} as const;

/** Whether a text is the origin of an `http:` or `https:` page, in the one spelling that browsers send (RFC 6454, section 6.2). */
const isOrigin = (text: string): boolean =>
  /^https?:\/\/[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
