/** Which headers of a caller go upstream, and their bounds. Knows neither calls nor whose turn it is. */

import { authorizationProblem, tokenProblem } from './credential-name.ts';

/** Headers of one call, by lower-case name. Holds secrets: never logged, never part of a message. */
export type OutgoingHeaders = Readonly<Record<string, string>>;

const attributionPrefix = 'x-cap-api-attribution-';

/** Octets of a language or of one attribution, far more than any in earnest: proxies refuse long headers for all. */
const mostOctets = 256;
const mostAttributions = 16;
const longestName = 128;

/**
 * The headers of a caller that forward mode sends on: credentials, till attribution and language. No other
 * header ever, cookies least of all. A token goes before `Authorization`, so that one call counts in one budget; without
 * credentials the call goes out bare and the upstream answers.
 * Lower-cased, combined and sorted by name here: the Headers of the Fetch standard are so by themselves, the
 * ones that Yoga hands on are as the client sent them.
 */
export function forwardedHeaders(incoming: Headers): OutgoingHeaders {
  const credential = ['x-cap-api-oauth-token', 'authorization'].find((name) => incoming.get(name));
  const chosen = [...namesOf(incoming)].filter(
    (name) => name === credential || name === 'accept-language' || name.startsWith(attributionPrefix),
  );
  return Object.fromEntries(chosen.sort().map((name) => [name, incoming.get(name) ?? '']));
}

/** The caller's language, as a header of its own. */
export function languageHeader(incoming: Headers): OutgoingHeaders {
  const language = incoming.get('accept-language');
  return language === null ? {} : { 'accept-language': language };
}

/** Why forward mode refuses these headers; undefined if it takes them. An empty credential is none. Quotes no value. */
export function forwardedHeadersProblem(incoming: Headers): string | undefined {
  const authorization = incoming.get('authorization');
  const token = incoming.get('x-cap-api-oauth-token');
  return (
    (authorization ? authorizationProblem(authorization) : undefined) ??
    (token ? tokenProblem(token) : undefined) ??
    attributionProblem(incoming) ??
    languageProblem(incoming)
  );
}

/** Why the language of a caller is refused; undefined if it is not. */
export function languageProblem(incoming: Headers): string | undefined {
  if ((incoming.get('accept-language')?.length ?? 0) <= mostOctets) return undefined;
  return `\`Accept-Language\` takes up to ${mostOctets} octets`;
}

function attributionProblem(incoming: Headers): string | undefined {
  const names = [...namesOf(incoming)].filter((name) => name.startsWith(attributionPrefix));
  const isLong = (name: string) =>
    name.length > longestName || (incoming.get(name)?.length ?? 0) > mostOctets;
  if (names.length <= mostAttributions && !names.some(isLong)) return undefined;
  return `\`X-CAP-API-ATTRIBUTION-*\` takes up to ${mostAttributions} headers of up to ${mostOctets} octets, with names of up to ${longestName}`;
}

function namesOf(incoming: Headers): ReadonlySet<string> {
  return new Set(Array.from(incoming.keys(), (name) => name.toLowerCase()));
}
