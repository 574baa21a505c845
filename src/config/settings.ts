/**
 * The settings that this version serves, as data: the table in docs/settings.md is printed from here. `start-rules.ts` has
 * the rules about several of them.
 */

import { allowedHosts } from './allowed-hosts.ts';
import { clientLimits, requestLimits } from './limit-settings.ts';
import { type NoProxyEntry, readNoProxy } from './no-proxy.ts';
import { choice, flag, freeText, integer, type Setting, secret } from './setting.ts';
import { parseProxyUrl, parseRedisUrl, parseUpstreamUrl } from './upstream-url.ts';

/** From the most lines to the fewest. */
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const tenMinutesMs = 600_000;
const oneYearSeconds = 31_536_000;

function proxy(meaning: string): Setting<string | undefined> {
  return {
    takes: 'an `http:` or `https:` URL',
    parse: parseProxyUrl,
    byDefault: undefined,
    lowerCaseToo: true,
    meaning,
  };
}

/** Every setting served, by the name of its variable, in the order of docs/settings.md. */
export const settings = {
  PORT: integer({
    min: 0,
    max: 65_535,
    byDefault: 4000,
    meaning: 'Where it listens. 0 takes any free port.',
  }),
  HOST: freeText({
    pattern: /^[\w.:%-]{1,253}$/,
    takes: 'a host name or an IP address',
    byDefault: '127.0.0.1',
    meaning: 'Which interface it listens on. Only this machine by default; a container sets `0.0.0.0`.',
  }),
  ALLOWED_HOSTS: allowedHosts,
  ADMIN_PORT: integer({
    min: 0,
    max: 65_535,
    byDefault: undefined,
    shownDefault: 'unset: the same port',
    meaning:
      'When set, `/metrics` and the detail of `/readyz` are only on this port, so that the other one can be open to the world. 0 takes any free port.',
  }),
  TRUSTED_PROXIES: integer({
    min: 0,
    max: 10,
    byDefault: 0,
    meaning:
      'How many proxies are before the gateway, each of which appends the address of its client to `X-Forwarded-For`. So the gateway knows its clients and serves them in turn. None by default, because without a proxy a client can write there what it likes.',
  }),
  UPSTREAM_URL: {
    takes: 'an `https:` URL (`http:` to this machine) without user, query or fragment',
    parse: parseUpstreamUrl,
    byDefault: undefined,
    shownDefault: 'unset: the built-in sandbox',
    meaning:
      'Base URL of the endpoint, such as `https://eu.api.capillarytech.com`. With the sandbox the first run needs no setting.',
  } as Setting<string | undefined>,
  UPSTREAM_ALLOW_HTTP: flag({
    byDefault: false,
    meaning:
      'Allows `http:` for an UPSTREAM_URL beyond this machine. Credentials can then be read in transit.',
  }),
  UPSTREAM_MAX_LIMIT: integer({
    min: 1,
    max: 100,
    byDefault: 10,
    meaning:
      'Largest page, in entries, that the upstream gives. 10 is what every edition of its reference allows.',
  }),
  UPSTREAM_FIXED_PAGES: flag({
    byDefault: false,
    meaning:
      'Always asks for whole pages of that size, for an upstream whose entries have no fixed positions. Costs more calls.',
  }),
  UPSTREAM_TIMEOUT_MS: integer({
    min: 1,
    max: tenMinutesMs,
    byDefault: 10_000,
    meaning:
      'Milliseconds that one upstream call may take. A third of the whole operation, so that a failed call leaves time to retry.',
  }),
  UPSTREAM_RETRIES: integer({
    min: 0,
    max: 10,
    byDefault: 2,
    meaning:
      'Further tries of a call that failed for a passing reason, as long as the operation has time, and not before the upstream’s `Retry-After`. 0 is none. Two get over a hiccup; more would feed an outage.',
  }),
  UPSTREAM_MAX_CONCURRENCY: integer({
    min: 1,
    max: 1000,
    byDefault: 32,
    meaning:
      'Upstream calls in flight at once, in this process. The default is quick, and does not flood the endpoint.',
  }),
  UPSTREAM_CALLS_PER_MINUTE: integer({
    min: 1,
    max: 1_000_000,
    byDefault: undefined,
    shownDefault: 'unset: only what 429 teaches',
    meaning:
      'Most calls in any 60 seconds with one upstream credential, token calls and retries included. Set it to what your contract says. Beyond it calls wait, or are refused with RATE_LIMITED at once if they would wait in vain. A call counts for 61 s after its end. With UPSTREAM_OAUTH_KEY one of them is reserved for the token call.',
  }),
  UPSTREAM_MAX_CREDENTIALS: integer({
    min: 100,
    max: 1_000_000,
    byDefault: 50_000,
    meaning:
      'Upstream credentials whose calls this process counts at once: those used within the last minute. Calls with further credentials are refused with RATE_LIMITED. One address may use a quarter of them. Each takes about 600 bytes.',
  }),
  UPSTREAM_BASIC_USER: secret({
    pattern: /^[^:\p{Cc}]+$/u,
    takes: 'a user name without colon or control characters',
    meaning: 'Service credentials: user. Unset, each caller’s own credentials go upstream.',
  }),
  UPSTREAM_BASIC_PASSWORD: secret({
    pattern: /^[^\p{Cc}]+$/u,
    takes: 'a password without control characters',
    meaning: 'Service credentials: password.',
  }),
  UPSTREAM_OAUTH_KEY: secret({
    pattern: /^[^\p{Cc}]+$/u,
    takes: 'a key without control characters',
    meaning: 'Service credentials for the token endpoint: key. Instead of user and password.',
  }),
  UPSTREAM_OAUTH_SECRET: secret({
    pattern: /^[^\p{Cc}]+$/u,
    takes: 'a secret without control characters',
    meaning: 'Service credentials for the token endpoint: secret.',
  }),
  ALLOW_ANONYMOUS: flag({
    byDefault: false,
    meaning:
      'With service credentials: serves callers that do not authenticate. It must be set, because it opens the data to all who can connect.',
  }),
  ID_SECRET: secret({
    min: 32,
    takes: '32 characters or more',
    shownDefault: 'unset: random at each start; fixed in the sandbox',
    meaning:
      'Seals ids and tags cursors. Required with UPSTREAM_URL in production, where ids must outlive a restart and agree between replicas.',
  }),
  ID_SECRET_PREVIOUS: secret({
    min: 32,
    takes: '32 characters or more',
    meaning: 'The secret before the last change: what it sealed still opens.',
  }),
  REDIS_URL: {
    takes: 'a `redis:` or `rediss:` URL, with nothing but a database number as its path',
    parse: parseRedisUrl,
    byDefault: undefined,
    shownDefault: 'unset: in this process only',
    secret: true,
    meaning:
      'Where replicas share one call budget and cached answers, such as `rediss://user:password@cache:6379`. Nothing there can be read without ID_SECRET, which it requires with UPSTREAM_URL.',
  } as Setting<string | undefined>,
  REPLICAS: integer({
    min: 1,
    max: 1000,
    byDefault: 1,
    meaning:
      'How many replicas share the budget. While Redis is away, each has its share, rounded down, but at least one call.',
  }),
  CACHE_TTL_SECONDS: integer({
    min: 0,
    max: oneYearSeconds,
    byDefault: 0,
    meaning:
      'Seconds that a cached answer may be reused. Off by default: a balance can change at any moment.',
  }),
  CACHE_PAST_TTL_SECONDS: integer({
    min: 0,
    max: oneYearSeconds,
    byDefault: undefined,
    shownDefault: '= CACHE_TTL_SECONDS',
    meaning:
      'The same for an `endDate` more than 26 hours in the past, which is over in every time zone: such balances hardly change.',
  }),
  CACHE_MAX_BYTES: integer({
    min: 1_048_576,
    max: 17_179_869_184,
    byDefault: 67_108_864,
    meaning:
      'Bytes of cached answers in this process, estimated a little too high. Answers used least recently are dropped first. The default holds the lists of a busy hour in a small container.',
  }),
  OPERATION_TIMEOUT_MS: integer({
    min: 1,
    max: tenMinutesMs,
    byDefault: 30_000,
    meaning:
      'Milliseconds that a whole operation may take, waits included. Below the 60 s after which most load balancers give up.',
  }),
  SHUTDOWN_TIMEOUT_MS: integer({
    min: 1,
    max: tenMinutesMs,
    byDefault: 10_000,
    meaning: 'Milliseconds from SIGTERM to the end. As long as Docker waits before it kills.',
  }),
  ...requestLimits,
  GRAPHIQL: flag({
    byDefault: true,
    shownDefault: '`true` unless NODE_ENV=production',
    meaning: 'Serves GraphiQL to browsers at `/graphql`.',
  }),
  INTROSPECTION: flag({
    byDefault: true,
    shownDefault: '`true` unless NODE_ENV=production',
    meaning: 'Answers questions about the schema.',
  }),
  PREPARED_OPERATIONS: flag({
    byDefault: true,
    meaning:
      'Answers operations that came before on a shorter way, with the same answers. `false` has every operation parsed, validated and executed anew, at many times the cost.',
  }),
  RECEIPTS: flag({
    byDefault: true,
    shownDefault: '`true` unless NODE_ENV=production',
    meaning:
      'Answers `x-upstream-receipt: 1` with what the operation cost. Callers learn from it how the upstream is used.',
  }),
  LOG_LEVEL: choice(logLevels, { byDefault: 'info', meaning: 'The least severe log line that is written.' }),
  ...clientLimits,
  HTTPS_PROXY: proxy('Proxy for an `https:` upstream; in lower case as well.'),
  HTTP_PROXY: proxy(
    'Proxy for an `http:` upstream, and for an `https:` one without HTTPS_PROXY; in lower case as well.',
  ),
  NO_PROXY: {
    takes: 'hosts separated by commas',
    // An entry of no known form is warned of, not refused: such lists are often set for a whole fleet.
    parse: (value) => ({ value: readNoProxy(value).entries }),
    byDefault: undefined,
    lowerCaseToo: true,
    meaning:
      'Hosts that are called without the proxy: `*`, names with all names below them, addresses, and blocks such as `10.0.0.0/8`. All but blocks may have a port. In lower case as well. The start warns of an entry of another form.',
  } as Setting<readonly NoProxyEntry[] | undefined>,
  NODE_ENV: freeText({
    pattern: /^/,
    takes: 'any text',
    byDefault: 'development',
    meaning: '`production` turns off what helps to explore and insists on ID_SECRET.',
  }),
} as const;
