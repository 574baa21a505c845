/**
 * The spelling of a caller's credentials, and the name under which calls with them are counted. Knows neither budgets nor
 * which other headers go upstream.
 *
 * Background. In forward mode callers write their credentials themselves, and nobody but the upstream checks them. How
 * it reads odd spellings is not documented: two words, two schemes, a comma.
 *
 * Need. One call counts in one budget, and however a credential is spelled, no more calls than its budget has are charged
 * to it at the upstream's door.
 *
 * Trick. Only one spelling goes out. What remains different in it and means the same is decoded before it is named: the
 * case of the scheme, base64 with or without padding or with idle bits in its last character, which a token's signature
 * has as well.
 *
 * Cost. Users that differ by case alone share a budget, if their passwords are equal: whether the upstream minds the case
 * is not known.
 */

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

/** Octets of a credential: the longest line that common HTTP servers take. */
const mostOctets = 8192;

/** RFC 9110, section 11.2: what base64 in either alphabet, and a JWT, are written in. */
const token68 = '[A-Za-z0-9._~+/-]+=*';
const tokenForm = new RegExp(`^${token68}$`);

/** RFC 9110, section 11.4, with the one space that everybody writes. */
const authorizationForm = new RegExp(`^([!#$%&'*+.^_\`|~\\w-]+) (${token68})$`);

/** A caller's credentials as they go upstream: one of the two, or none. */
export type SentCredentials = {
  readonly authorization?: string | undefined;
  readonly 'x-cap-api-oauth-token'?: string | undefined;
};

/** What is wrong with the spelling of an `Authorization`; undefined if nothing is. Quotes nothing of it. */
export function authorizationProblem(value: string): string | undefined {
  if (value.length <= mostOctets && authorizationForm.test(value)) return undefined;
  return `\`Authorization\` takes a scheme, one space and a token of A–Z a–z 0–9 - . _ ~ + / with = at its end, up to ${mostOctets} octets`;
}

/** The same of an `X-CAP-API-OAUTH-TOKEN`, which has no scheme. */
export function tokenProblem(value: string): string | undefined {
  if (value.length <= mostOctets && tokenForm.test(value)) return undefined;
  return `\`X-CAP-API-OAUTH-TOKEN\` takes a token of A–Z a–z 0–9 - . _ ~ + / with = at its end, up to ${mostOctets} octets`;
}

/**
 * The name of credentials whose spelling is right. Without credentials all callers have one name, for the upstream sees
 * no more of them. Holds no secret: it is a digest.
 */
export function credentialName(sent: SentCredentials): string {
  return createHash('sha256').update(canonical(sent)).digest('base64url');
}

function canonical({ authorization, 'x-cap-api-oauth-token': token }: SentCredentials): string {
  if (token !== undefined) return `token ${canonicalToken(token)}`;
  if (authorization === undefined) return 'nobody';
  const [, scheme = '', credential = ''] = authorizationForm.exec(authorization) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return `token ${canonicalToken(credential)}`; // The same token in either header.
    case 'basic':
      return `basic ${userAndPassword(credential)}`;
    default:
      return `${scheme.toLowerCase()} ${credential.replace(/=+$/, '')}`;
  }
}

/** A JWT's header and claims are signed as they are spelled, the signature itself is not. */
function canonicalToken(token: string): string {
  const unpadded = token.replace(/=+$/, '');
  const signatureAt = unpadded.lastIndexOf('.') + 1;
  if (signatureAt === 0) return unpadded;
  return unpadded.slice(0, signatureAt) + Buffer.from(unpadded.slice(signatureAt), 'base64').toString('hex');
}

/** RFC 7617, in UTF-8, or with each byte as a letter where it is not that. Node knows both alphabets of base64. */
function userAndPassword(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  return text.replace(/^[^:]*/, (user) => user.toLowerCase());
}
