/**
 * The names under which the calls with a caller's credentials are counted. Knows neither budgets nor what goes
 * upstream: that is as the caller sent it.
 *
 * Background. In forward mode callers write their credentials themselves, and nobody but the upstream checks them. One
 * credential has many spellings: the scheme in any case (RFC 9110, section 11.1), white space around it, base64 with or
 * without padding or with idle bits in its last character, which a token's signature has as well.
 *
 * Need. However a credential is spelled, no more calls than its budget has may be charged to it at the upstream's door.
 * How the upstream reads odd spellings, and which header it reads of two, is not documented.
 *
 * Trick. A name is of what a spelling means. Where there is more than one way to read it, or more than one header, there
 * is a name for each, and a call counts under every one. Whether the upstream reads the first word, the last one or all
 * together, from the first scheme or the last one, as bytes or as UTF-8: its reading is among them. So junk before or
 * behind a good credential brings no fresh budget, and takes nothing from anybody whose credential is not known to its
 * sender. One that picks a word from the middle is not foreseen: a name for each word would be as many as a caller likes.
 *
 * Cost. A call with two headers needs a place in two budgets, as does a user or password beyond ASCII. Users that differ
 * by case alone share one, if their passwords are equal: whether the upstream minds the case is not known either.
 */

import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';

/** One name for each reading, at least one, in an order that is the same for all callers. */
export type BudgetNames = readonly [string, ...string[]];

/**
 * The names for these two headers. Without credentials all callers have one name, for the upstream sees no more of
 * them. Names hold no secret: they are digests.
 */
export function budgetNames(authorization: string | null, token: string | null): BudgetNames {
  const read = [...readAuthorization(authorization ?? ''), ...readToken(token ?? '')];
  const [first = digest('nobody'), ...others] = [...new Set(read)].map(digest).sort();
  return [first, ...others];
}

function readAuthorization(value: string): readonly string[] {
  const words = wordsOf(value, /[\s,]+/);
  const lastSchemeAt = words.findLastIndex((word) => /^(basic|bearer)$/i.test(word));
  return [...readCredential(words), ...readCredential(words.slice(Math.max(0, lastSchemeAt)))];
}

/** A bearer token is the same one in either header. */
function readCredential([scheme, ...words]: readonly string[]): readonly string[] {
  if (scheme === undefined) return [];
  const rest = words.join(' ');
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return readToken(rest);
    case 'basic':
      return readings(rest, /[\s,=]+/)
        .flatMap(userAndPassword)
        .map((text) => `basic ${text}`);
    default:
      return readings(rest, /[\s,]+/).map((text) => `${scheme.toLowerCase()} ${text}`);
  }
}

function readToken(value: string): readonly string[] {
  return readings(value, /[\s,]+/)
    .filter((text) => text !== '')
    .map((text) => `token ${signed(text)}`);
}

/** Some readers stop where the first word ends, some let the last one win, others pass over what does not belong there. */
function readings(value: string, between: RegExp): readonly string[] {
  const words = wordsOf(value, between);
  return [words[0] ?? '', words.join(''), words.at(-1) ?? ''];
}

function wordsOf(value: string, between: RegExp): readonly string[] {
  return value.split(between).filter((word) => word !== '');
}

/**
 * What base64 says, with each byte as a letter, and as UTF-8 where it is that: they differ in which letters are the same
 * but for their case. Node passes over what is not of base64's alphabet, and knows both alphabets.
 */
function userAndPassword(base64: string): readonly string[] {
  const bytes = Buffer.from(base64, 'base64');
  const texts = isUtf8(bytes)
    ? [bytes.toString('latin1'), bytes.toString('utf8')]
    : [bytes.toString('latin1')];
  return texts.map((text) => text.replace(/^[^:]*/, (user) => user.toLowerCase()));
}

/** A JWT's header and claims are signed as they are spelled, the signature itself is not. */
function signed(token: string): string {
  const signatureAt = token.lastIndexOf('.') + 1;
  if (signatureAt === 0) return token;
  return token.slice(0, signatureAt) + Buffer.from(token.slice(signatureAt), 'base64').toString('hex');
}

function digest(reading: string): string {
  return createHash('sha256').update(reading).digest('base64url');
}
