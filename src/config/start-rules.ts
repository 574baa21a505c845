/**
 * Decisions that depend on several settings: which upstream answers, with which credentials, and which secrets seal
 * ids. Each returns the decision with all problems and warnings. It must not be used if there are problems.
 */

import { problemOf, type Reading } from './reading.ts';
import type { settings } from './settings.ts';
import { isExposed } from './upstream-url.ts';

type SettingsReading = Reading<typeof settings>;

/**
 * Which upstream answers, and with which credentials: the built-in sandbox with its own, an endpoint with each caller's
 * (`forward`), or an endpoint with the gateway's (`service`), for HTTP Basic or for the token endpoint. `url` has no
 * trailing slash.
 */
export type Upstream =
  | { readonly mode: 'sandbox' }
  | { readonly mode: 'forward'; readonly url: string }
  | ({ readonly mode: 'service'; readonly url: string } & (
      | { readonly basic: { readonly user: string; readonly password: string } }
      | { readonly oauth: { readonly key: string; readonly secret: string } }
    ));

/** Whether the gateway runs in production, where the rules are stricter. */
export const isProduction = (values: SettingsReading['values']): boolean => values.NODE_ENV === 'production';

function chooseUpstream({ UPSTREAM_URL: url, ...values }: SettingsReading['values']): Upstream {
  const { UPSTREAM_BASIC_USER: user, UPSTREAM_BASIC_PASSWORD: password } = values;
  const { UPSTREAM_OAUTH_KEY: key, UPSTREAM_OAUTH_SECRET: secret } = values;
  if (url === undefined) return { mode: 'sandbox' };
  if (key !== undefined && secret !== undefined) return { mode: 'service', url, oauth: { key, secret } };
  if (user === undefined || password === undefined) return { mode: 'forward', url };
  return { mode: 'service', url, basic: { user, password } };
}

/** Each rule is one entry: whether it is broken, and the problem to report then. */
function upstreamProblems({ values, given }: SettingsReading): readonly string[] {
  const { UPSTREAM_URL: url } = values;
  const user = given.has('UPSTREAM_BASIC_USER');
  const password = given.has('UPSTREAM_BASIC_PASSWORD');
  const key = given.has('UPSTREAM_OAUTH_KEY');
  const secret = given.has('UPSTREAM_OAUTH_SECRET');
  const hasOwn = user || password || key || secret;
  const rules: readonly (readonly [broken: boolean, variable: string, got: string, takes: string])[] = [
    [
      url !== undefined && isExposed(url) && !values.UPSTREAM_ALLOW_HTTP,
      'UPSTREAM_URL',
      'an `http:` URL beyond this machine',
      '`https:`, or `http:` with UPSTREAM_ALLOW_HTTP=true',
    ],
    [
      hasOwn && !given.has('UPSTREAM_URL'),
      'UPSTREAM_URL',
      'nothing beside service credentials',
      'the endpoint that they are for',
    ],
    [user && !password, 'UPSTREAM_BASIC_PASSWORD', 'nothing beside UPSTREAM_BASIC_USER', 'its password'],
    [password && !user, 'UPSTREAM_BASIC_USER', 'nothing beside UPSTREAM_BASIC_PASSWORD', 'its user'],
    [key && !secret, 'UPSTREAM_OAUTH_SECRET', 'nothing beside UPSTREAM_OAUTH_KEY', 'its secret'],
    [secret && !key, 'UPSTREAM_OAUTH_KEY', 'nothing beside UPSTREAM_OAUTH_SECRET', 'its key'],
    [
      (user || password) && (key || secret),
      'UPSTREAM_OAUTH_KEY',
      'both UPSTREAM_OAUTH_* and UPSTREAM_BASIC_*',
      'one kind of service credentials',
    ],
    [
      hasOwn && !values.ALLOW_ANONYMOUS,
      'ALLOW_ANONYMOUS',
      'no `true` beside service credentials',
      '`true`, as a confirmation: callers are not authenticated, so anyone who can connect sees every customer',
    ],
  ];
  return rules.flatMap(([broken, ...problem]) => (broken ? [problemOf(...problem)] : []));
}

/** Decides which upstream answers. Warns if it is the sandbox in production, which is most likely a mistake. */
export function decideUpstream(reading: SettingsReading) {
  const decided = chooseUpstream(reading.values);
  const isLikelyMistake = decided.mode === 'sandbox' && isProduction(reading.values);
  return {
    decided,
    problems: upstreamProblems(reading),
    warnings: isLikelyMistake
      ? ['UPSTREAM_URL is not set: the sandbox answers, with demonstration data.']
      : [],
  };
}

/** Public on purpose. It seals only the ids of made-up members, which should be the same everywhere. */
const sandboxSecret = 'the sandbox has no secrets worth keeping';

function idSecretProblems({ values, given }: SettingsReading): readonly string[] {
  const problem = (got: string, takes: string) => [problemOf('ID_SECRET', got, takes)];
  if (given.has('ID_SECRET')) return [];
  if (given.has('ID_SECRET_PREVIOUS'))
    return problem('nothing beside ID_SECRET_PREVIOUS', 'the secret that came after it');
  if (!given.has('UPSTREAM_URL')) return [];
  if (given.has('REDIS_URL'))
    return problem('nothing beside REDIS_URL', 'the secret that all replicas have in common');
  return isProduction(values)
    ? problem('nothing', '32 characters or more with UPSTREAM_URL in production')
    : [];
}

/**
 * Decides which secret seals ids and tags cursors; the previous one still opens them. `randomSecret` returns a secret of 32
 * characters or more.
 */
export function decideIdSecrets(reading: SettingsReading, randomSecret: () => string) {
  const { ID_SECRET: ownSecret, ID_SECRET_PREVIOUS: idSecretPrevious } = reading.values;
  const isSandbox = !reading.given.has('UPSTREAM_URL');
  const isRandom = ownSecret === undefined && !isSandbox;
  return {
    decided: { idSecret: ownSecret ?? (isSandbox ? sandboxSecret : randomSecret()), idSecretPrevious },
    problems: idSecretProblems(reading),
    warnings: isRandom
      ? ['ID_SECRET is not set: ids and cursors lose their validity when this process ends.']
      : [],
  };
}
