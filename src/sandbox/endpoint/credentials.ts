/**
 * Who may call the sandbox, and how a call proves it: HTTP Basic, or a token of the token endpoint. The
 * demonstration credentials are public on purpose: they open nothing but the sandbox.
 */

import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A till's user and password. A `forbidden` till is known, and answered 403. */
export type BasicCredential = { readonly user: string; readonly password: string; readonly forbidden?: true };

/** What the token endpoint exchanges for a token. */
export type OAuthCredential = { readonly key: string; readonly secret: string };

/** All credentials that a sandbox knows. */
export type Credentials = {
  readonly basic: readonly BasicCredential[];
  readonly oauth: readonly OAuthCredential[];
};

/** The credentials that a sandbox knows by default. */
export const demoCredentials = {
  basic: { user: 'demo.till', password: 'demo-password' },
  oauth: { key: 'demo-key', secret: 'demo-secret' },
  /** Known, and answered 403 to every call. */
  forbiddenBasic: { user: 'demo.trainee', password: 'demo-password', forbidden: true },
} as const satisfies Record<string, BasicCredential | OAuthCredential>;

/** Who calls. `name` is `basic:` and the user, or `oauth:` and the key. Calls are counted by this name. */
export type Caller = { readonly name: string; readonly forbidden: boolean };

/** The caller that the headers prove, or `undefined` (answered 401). A token goes before Basic. */
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

/** The access tokens of one sandbox. */
export type Tokens = {
  /** A new token for a key. It looks like a JWT, as in the reference, and its claims mean nothing. */
  readonly issue: (key: string) => string;
  /** The key of a token, or `undefined` if the token is unknown, revoked or expired. */
  readonly keyOf: (token: string) => string | undefined;
  /** Makes every issued token unknown, as a rotation of the keys does. */
  readonly revoke: () => void;
};

type Issued = { readonly key: string; readonly expiresAt: number };

/** Tokens that live for `ttlSeconds`. `now` is in milliseconds. */
export function createTokens(ttlSeconds: number, now: () => number): Tokens {
  const issued = new Map<string, Issued>();
  return {
    issue: (key) => {
      const moment = now();
      forgetExpired(issued, moment);
      const token = writeToken();
      issued.set(token, { key, expiresAt: moment + ttlSeconds * 1000 });
      return token;
    },
    keyOf: (token) => {
      const known = issued.get(token);
      return known && known.expiresAt > now() ? known.key : undefined;
    },
    revoke: () => issued.clear(),
  };
}

function forgetExpired(issued: Map<string, Issued>, moment: number): void {
  for (const [token, { expiresAt }] of issued) if (expiresAt <= moment) issued.delete(token);
}

function writeToken(): string {
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const payload = Buffer.from(`{"iss":"sandbox","jti":"${randomBytes(9).toString('hex')}"}`).toString(
    'base64url',
  );
  return `${header}.${payload}.${randomBytes(32).toString('base64url')}`;
}
