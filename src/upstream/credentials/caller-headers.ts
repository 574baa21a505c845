/**
 * Which headers of a caller go upstream, how they must be spelled, and the name of the budget in which their calls count.
 *
 * Background. In forward mode callers write their credentials themselves, and only the upstream checks them. It does not
 * document how it reads odd spellings such as two words, two schemes or a comma.
 *
 * Need. A caller must not get a second budget by spelling its credential in another way.
 *
 * Trick. Only one form is accepted (`scheme SP token68`). It still allows several spellings of one credential: the
 * scheme in any case; base64 with or without padding, or with unused bits set in its last character, as in a token's
 * signature. So the credential is decoded before its name is computed.
 *
 * Cost. Two users whose names differ by case alone share a budget if their passwords are equal, because it is not known
 * whether the upstream distinguishes case.
 */

import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { CallerHeaders } from '../page-request.ts';

/** Headers of one call, by lower-case name. Holds secrets: never logged, never part of a message. */
export type OutgoingHeaders = Readonly<Record<string, string>>;

const tokenHeader = 'x-cap-api-oauth-token';
const attributionPrefix = 'x-cap-api-attribution-';

/** Octets of a credential: the longest line that common HTTP servers take. */
const longestCredential = 8192;

/**
 * Octets of a language or of one attribution. Real ones are far shorter. Without a bound, proxies would refuse the
 * call.
 */
const longestValue = 256;
const mostAttributions = 16;
const longestName = 128;

/** RFC 9110, section 11.2: the alphabet of base64, base64url and JWTs. */
const token68 = '[A-Za-z0-9._~+/-]+=*';
const tokenForm = new RegExp(`^${token68}$`);

/** RFC 9110, section 11.4, with exactly one space, as clients write it. */
const authorizationForm = new RegExp(`^([!#$%&'*+.^_\`|~\\w-]+) (${token68})$`);

/**
 * The headers of a caller that forward mode sends upstream: one credential, the till attribution and the language, but
 * no others, such as cookies. With both a token and `Authorization`, only the token is sent, so that a call counts in
 * one budget. Without credentials the call goes out without any, and the upstream decides. Returns names in lower case,
 * each once and sorted, because Yoga's Headers have them as the client sent them.
 */
export function forwardedHeaders(incoming: CallerHeaders): OutgoingHeaders {
  const credential = credentialHeader(incoming);
  const names = namesOf(incoming).filter(
    (name) => name === credential || name === 'accept-language' || name.startsWith(attributionPrefix),
  );
  return Object.fromEntries(names.sort().map((name) => [name, incoming.get(name) ?? '']));
}

/** The header that holds the caller's credential; undefined without one. */
function credentialHeader(incoming: CallerHeaders): string | undefined {
  return [tokenHeader, 'authorization'].find((name) => incoming.get(name));
}

/** The caller's language as the only header. */
export function languageHeader(incoming: CallerHeaders): OutgoingHeaders {
  const language = incoming.get('accept-language');
  return language === null ? {} : { 'accept-language': language };
}

/**
 * Why forward mode refuses these headers; undefined if it accepts them. An empty credential counts as none. Quotes no
 * value.
 */
export function forwardedHeadersProblem(incoming: CallerHeaders): string | undefined {
  return (
    credentialProblem(incoming.get('authorization'), authorizationForm, authorizationTakes) ??
    credentialProblem(incoming.get(tokenHeader), tokenForm, tokenTakes) ??
    attributionProblem(incoming) ??
    languageProblem(incoming)
  );
}

const authorizationTakes = '`Authorization` takes a scheme, one space and a token';
const tokenTakes = '`X-CAP-API-OAUTH-TOKEN` takes a token';

function credentialProblem(value: string | null, form: RegExp, takes: string): string | undefined {
  if (!value || (value.length <= longestCredential && form.test(value))) return undefined;
  return `${takes} of A–Z a–z 0–9 - . _ ~ + / with = at its end, up to ${longestCredential} octets`;
}

/** Why a caller's language is refused; undefined if it is accepted. */
export function languageProblem(incoming: CallerHeaders): string | undefined {
  if ((incoming.get('accept-language')?.length ?? 0) <= longestValue) return undefined;
  return `\`Accept-Language\` takes up to ${longestValue} octets`;
}

function attributionProblem(incoming: CallerHeaders): string | undefined {
  const names = namesOf(incoming).filter((name) => name.startsWith(attributionPrefix));
  const isLong = (name: string) =>
    name.length > longestName || (incoming.get(name)?.length ?? 0) > longestValue;
  if (names.length <= mostAttributions && !names.some(isLong)) return undefined;
  return `\`X-CAP-API-ATTRIBUTION-*\` takes up to ${mostAttributions} headers of up to ${longestValue} octets, with names of up to ${longestName}`;
}

/** The names in lower case, each once. */
const namesOf = (incoming: CallerHeaders): string[] => [
  ...new Set(Array.from(incoming.keys(), (name) => name.toLowerCase())),
];

/**
 * A digest of a caller's credential, equal for all its spellings; undefined without one. The spelling must be accepted
 * already.
 */
export function credentialName(incoming: CallerHeaders): string | undefined {
  const header = credentialHeader(incoming);
  return header === undefined ? undefined : digest(canonical(header, incoming.get(header) ?? ''));
}

/** SHA-256 of a text. */
export const digest = (text: string): string => hash('sha256', text, 'base64url');

/** The name that all callers without credentials share, because the upstream cannot tell them apart. */
export const anonymousName = digest('nobody');

function canonical(header: string, value: string): string {
  if (header === tokenHeader) return `token ${canonicalToken(value)}`;
  const [, scheme = '', credential = ''] = authorizationForm.exec(value) ?? [];
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return `token ${canonicalToken(credential)}`; // The same token in either header.
    case 'basic':
      return `basic ${userAndPassword(credential)}`;
    default:
      return `${scheme.toLowerCase()} ${credential.replace(/=+$/, '')}`;
  }
}

/** Decodes only a JWT's signature. Its header and claims have one spelling, because they are signed as text. */
function canonicalToken(token: string): string {
  const unpadded = token.replace(/=+$/, '');
  const signatureAt = unpadded.lastIndexOf('.') + 1;
  if (signatureAt === 0) return unpadded;
  return unpadded.slice(0, signatureAt) + Buffer.from(unpadded.slice(signatureAt), 'base64').toString('hex');
}

/**
 * User and password (RFC 7617), read as UTF-8, or as Latin-1 if they are not UTF-8. Node reads both alphabets of
 * base64.
 */
function userAndPassword(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const text = bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
  return text.replace(/^[^:]*/, (user) => user.toLowerCase());
}
