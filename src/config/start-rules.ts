/**
 * The rules about several settings at once: which upstream with which credentials, and which secrets. Each returns its
 * decision with all problems.
 */

import { problemOf, type Reading } from './reading.ts';
import type { settings } from './settings.ts';
import { isExposed } from './upstream-url.ts';

type Served = Reading<typeof settings>;

/**
 * Which upstream answers, and with which credentials: the built-in sandbox with its own, an endpoint with each caller's
 * (`forward`), or an endpoint with the gateway's (`service`), for HTTP Basic or for the token endpoint. `url` has no
 * trailing slash.
 */
export type Upstream =
  | { readonly mode: 'sandbox' }
  | { readonly mode: 'forward'; readonly url: string }
  | {
      readonly mode: 'service';
      readonly url: string;
      readonly basic: { readonly user: string; readonly password: string };
    }
  | {
      readonly mode: 'service';
      readonly url: string;
      readonly oauth: { readonly key: string; readonly secret: string };
    };

/** What a rule decided. With a problem, the decision has no meaning. */
export type Decision<T> = {
  readonly decided: T;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
};

/** Whether the gateway is in production, where the rules are strict. */
export function isProduction(values: Served['values']): boolean {
  return values.NODE_ENV === 'production';
}

function chooseUpstream({ UPSTREAM_URL: url, ...values }: Served['values']): Upstream {
  const { UPSTREAM_BASIC_USER: user, UPSTREAM_BASIC_PASSWORD: password } = values;
  const { UPSTREAM_OAUTH_KEY: key, UPSTREAM_OAUTH_SECRET: secret } = values;
  if (url === undefined) return { mode: 'sandbox' };
  if (key !== undefined && secret !== undefined) return { mode: 'service', url, oauth: { key, secret } };
  if (user === undefined || password === undefined) return { mode: 'forward', url };
  return { mode: 'service', url, basic: { user, password } };
}

/** A rule is one entry: when it is broken, and the problem that follows. */
function upstreamProblems({ values, given }: Served): readonly string[] {
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
      'no `true` beside service credentials, with which anyone who can connect sees every customer',
      '`true`, because this version cannot authenticate callers',
    ],
  ];
  return rules.flatMap(([broken, ...problem]) => (broken ? [problemOf(...problem)] : []));
}

/** Decides which upstream answers. In production the sandbox answers too, but that is most likely a mistake. */
export function decideUpstream(served: Served): Decision<Upstream> {
  const decided = chooseUpstream(served.values);
  const isUnlikely = decided.mode === 'sandbox' && isProduction(served.values);
  return {
    decided,
    problems: upstreamProblems(served),
    warnings: isUnlikely ? ['UPSTREAM_URL is not set: the sandbox answers, with demonstration data.'] : [],
  };
}

/** The secret that seals ids and tags cursors, and the previous one, which still opens them. */
export type IdSecrets = { readonly idSecret: string; readonly idSecretPrevious: string | undefined };

/** Public on purpose: it seals only made-up members, whose ids should be the same for everyone. */
const sandboxSecret = 'the sandbox has no secrets worth keeping';

function idSecretProblems(served: Served): readonly string[] {
  if (served.given.has('ID_SECRET')) return [];
  if (served.given.has('ID_SECRET_PREVIOUS')) {
    return [problemOf('ID_SECRET', 'nothing beside ID_SECRET_PREVIOUS', 'the secret that came after it')];
  }
  if (served.given.has('UPSTREAM_URL') && served.given.has('REDIS_URL')) {
    return [
      problemOf('ID_SECRET', 'nothing beside REDIS_URL', 'the secret that all replicas have in common'),
    ];
  }
  return served.given.has('UPSTREAM_URL') && isProduction(served.values)
    ? [problemOf('ID_SECRET', 'nothing', '32 characters or more with UPSTREAM_URL in production')]
    : [];
}

/** Decides the secrets of ids. `randomSecret` returns one of 32 characters or more. */
export function decideIdSecrets(served: Served, randomSecret: () => string): Decision<IdSecrets> {
  const { ID_SECRET: ownSecret, ID_SECRET_PREVIOUS: idSecretPrevious } = served.values;
  const isSandbox = !served.given.has('UPSTREAM_URL');
  const isRandom = ownSecret === undefined && !isSandbox;
  return {
    decided: { idSecret: ownSecret ?? (isSandbox ? sandboxSecret : randomSecret()), idSecretPrevious },
    problems: idSecretProblems(served),
    warnings: isRandom
      ? ['ID_SECRET is not set: ids and cursors lose their validity when this process ends.']
      : [],
  };
}
