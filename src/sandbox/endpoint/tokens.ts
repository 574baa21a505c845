/** Issues the sandbox's access tokens and knows until when each is good. Takes its clock from outside. */

import { randomBytes } from 'node:crypto';

/** The tokens of one sandbox. */
export type Tokens = {
  /** A new token for a key: it looks like a JWT, as the reference shows, and says nothing. */
  readonly issue: (key: string) => string;
  /** The key that a token was issued for, or `undefined` if it is unknown, revoked or expired. */
  readonly keyOf: (token: string) => string | undefined;
  /** Makes every token issued so far unknown, as a rotation of keys upstream would. */
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
