/**
 * Who may call the sandbox, and how a call says who it is: HTTP Basic, or a token of the token endpoint.
 * The demonstration credentials are public on purpose: they open nothing but the sandbox.
 */

import type { IncomingHttpHeaders } from 'node:http';
import type { Tokens } from './tokens.ts';

/** A till's user and password. `forbidden` ones are known, and answered 403. */
export type BasicCredential = { readonly user: string; readonly password: string; readonly forbidden?: true };

/** What the token endpoint exchanges for a token. */
export type OAuthCredential = { readonly key: string; readonly secret: string };

/** All credentials that a sandbox knows. */
export type Credentials = {
  readonly basic: readonly BasicCredential[];
  readonly oauth: readonly OAuthCredential[];
};

/** The credentials that a sandbox knows unless it is given others. */
export const demoCredentials = {
  basic: { user: 'demo.till', password: 'demo-password' },
  oauth: { key: 'demo-key', secret: 'demo-secret' },
  /** Known, but answered 403 to every call. */
  forbiddenBasic: { user: 'demo.trainee', password: 'demo-password', forbidden: true },
} as const satisfies Record<string, BasicCredential | OAuthCredential>;

/** The demonstration credentials, as a sandbox takes them. */
export const knownByDefault: Credentials = {
  basic: [demoCredentials.basic, demoCredentials.forbiddenBasic],
  oauth: [demoCredentials.oauth],
};

/** Who calls. `name` is `basic:` and the user, or `oauth:` and the key: the unit in which calls are counted. */
export type Caller = { readonly name: string; readonly forbidden: boolean };

/** The caller that a call's headers prove, or `undefined` (answered 401). A token goes before Basic. */
export function identifyCaller(
  headers: IncomingHttpHeaders,
  credentials: Credentials,
  tokens: Tokens,
): Caller | undefined {
  const token = headers['x-cap-api-oauth-token'];
  if (typeof token === 'string') {
    const key = tokens.keyOf(token);
    return key === undefined ? undefined : { name: `oauth:${key}`, forbidden: false };
  }
  const presented = readBasic(headers.authorization);
  const known = credentials.basic.find(({ user, password }) => `${user}:${password}` === presented);
  return known && { name: `basic:${known.user}`, forbidden: known.forbidden === true };
}

function readBasic(authorization: string | undefined): string | undefined {
  const encoded = /^basic +([a-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, 'base64').toString('utf8');
}
