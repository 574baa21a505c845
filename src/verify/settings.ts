/**
 * Reads from the environment which upstream to ask, and with which credentials. Pure. It reads the gateway's settings
 * of the upstream, and two settings for the credentials of a caller.
 */
import type { NoProxyEntry } from '../config/no-proxy.ts';
import { type Environment, problemOf, readSettings, type Source } from '../config/reading.ts';
import { secret } from '../config/setting.ts';
import { settings as gatewaySettings } from '../config/settings.ts';
import { isExposed } from '../config/upstream-url.ts';
import {
  type Credentials,
  createBasicCredentials,
  forwardCredentials,
} from '../upstream/credentials/credentials.ts';
import type { OAuthLogin } from '../upstream/credentials/oauth.ts';

const header = /^[\x20-\x7e]+$/;

/** The gateway never reads the last two. They are no arguments, because `ps` shows arguments. */
const settings = {
  UPSTREAM_URL: gatewaySettings.UPSTREAM_URL,
  UPSTREAM_ALLOW_HTTP: gatewaySettings.UPSTREAM_ALLOW_HTTP,
  UPSTREAM_TIMEOUT_MS: gatewaySettings.UPSTREAM_TIMEOUT_MS,
  UPSTREAM_BASIC_USER: gatewaySettings.UPSTREAM_BASIC_USER,
  UPSTREAM_BASIC_PASSWORD: gatewaySettings.UPSTREAM_BASIC_PASSWORD,
  UPSTREAM_OAUTH_KEY: gatewaySettings.UPSTREAM_OAUTH_KEY,
  UPSTREAM_OAUTH_SECRET: gatewaySettings.UPSTREAM_OAUTH_SECRET,
  HTTP_PROXY: gatewaySettings.HTTP_PROXY,
  HTTPS_PROXY: gatewaySettings.HTTPS_PROXY,
  NO_PROXY: gatewaySettings.NO_PROXY,
  VERIFY_AUTHORIZATION: secret({
    pattern: header,
    takes: 'a whole Authorization header in ASCII, such as `Basic …`',
    meaning: 'A caller’s Authorization, if there are no service credentials.',
  }),
  VERIFY_OAUTH_TOKEN: secret({
    pattern: header,
    takes: 'an access token in ASCII',
    meaning: 'A caller’s access token, if there are no service credentials.',
  }),
} as const;

/** How to reach the upstream. */
export type UpstreamAccess = {
  readonly url: string;
  readonly timeoutMs: number;
  readonly credentials: Credentials | OAuthLogin;
  /** The caller's credentials. Empty with service credentials. */
  readonly headers: Headers;
  readonly proxy: {
    readonly httpProxy: string | undefined;
    readonly httpsProxy: string | undefined;
    readonly noProxy: readonly NoProxyEntry[] | undefined;
  };
};

/** The access, or all problems: one sentence each, without a secret. */
export type AccessReading = { readonly access: UpstreamAccess } | { readonly problems: readonly string[] };

/** Reads the environment. `readFile` returns the text of a secret's file, or throws. */
export function readAccess(env: Environment, readFile: Source['readFile']): AccessReading {
  const { values, problems, given } = readSettings(settings, { env, readFile });
  const { UPSTREAM_URL: url } = values;
  const all = [
    ...problems,
    ...(given.has('UPSTREAM_URL') ? [] : [problemOf('UPSTREAM_URL', 'nothing', 'the endpoint to ask')]),
    ...exposureProblems(url, values.UPSTREAM_ALLOW_HTTP),
    ...credentialProblems(given),
  ];
  if (all.length > 0 || url === undefined) return { problems: all };
  const { HTTP_PROXY: httpProxy, HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy } = values;
  return {
    access: {
      url,
      timeoutMs: values.UPSTREAM_TIMEOUT_MS,
      ...signing(values),
      proxy: { httpProxy, httpsProxy, noProxy },
    },
  };
}

type SecretValues = {
  readonly [Name in
    | 'UPSTREAM_BASIC_USER'
    | 'UPSTREAM_BASIC_PASSWORD'
    | 'UPSTREAM_OAUTH_KEY'
    | 'UPSTREAM_OAUTH_SECRET'
    | 'VERIFY_AUTHORIZATION'
    | 'VERIFY_OAUTH_TOKEN']: string | undefined;
};

/** Service credentials take precedence over a caller's, as in the gateway. */
function signing(values: SecretValues): Pick<UpstreamAccess, 'credentials' | 'headers'> {
  const { UPSTREAM_BASIC_USER: user, UPSTREAM_BASIC_PASSWORD: password } = values;
  if (user !== undefined && password !== undefined) {
    return { credentials: createBasicCredentials(user, password), headers: new Headers() };
  }
  const { UPSTREAM_OAUTH_KEY: key, UPSTREAM_OAUTH_SECRET: oauthSecret } = values;
  if (key !== undefined && oauthSecret !== undefined) {
    return { credentials: { key, secret: oauthSecret }, headers: new Headers() };
  }
  const headers = new Headers();
  if (values.VERIFY_AUTHORIZATION !== undefined) headers.set('authorization', values.VERIFY_AUTHORIZATION);
  if (values.VERIFY_OAUTH_TOKEN !== undefined)
    headers.set('x-cap-api-oauth-token', values.VERIFY_OAUTH_TOKEN);
  return { credentials: forwardCredentials, headers };
}

function exposureProblems(url: string | undefined, isHttpAllowed: boolean): string[] {
  if (url === undefined || isHttpAllowed || !isExposed(url)) return [];
  const takes = '`https:`, or `http:` with UPSTREAM_ALLOW_HTTP=true';
  return [problemOf('UPSTREAM_URL', 'an `http:` URL beyond this machine', takes)];
}

const servicePairs = [
  ['UPSTREAM_BASIC_USER', 'UPSTREAM_BASIC_PASSWORD'],
  ['UPSTREAM_OAUTH_KEY', 'UPSTREAM_OAUTH_SECRET'],
] as const;

function credentialProblems(given: ReadonlySet<string>): string[] {
  const begun = servicePairs.filter((pair) => pair.some((name) => given.has(name)));
  const halves = begun.filter((pair) => !pair.every((name) => given.has(name)));
  if (halves.length > 0) return halves.map((pair) => `${pair.join(' and ')}: got one, takes both or none.`);
  if (begun.length > 1) return ['UPSTREAM_BASIC_* and UPSTREAM_OAUTH_*: got both kinds, takes one.'];
  if (begun.length === 1 || given.has('VERIFY_AUTHORIZATION') || given.has('VERIFY_OAUTH_TOKEN')) return [];
  return [
    'Credentials: got none, takes service credentials as the gateway does, VERIFY_AUTHORIZATION or VERIFY_OAUTH_TOKEN.',
  ];
}
