/** Cleans the upstream's messages before they reach a client. Knows neither codes nor statuses. */

/** The headers of a call by lower-case name, credentials included. */
export type SentHeaders = Readonly<Record<string, string>>;

const secretHeaders = ['authorization', 'x-cap-api-oauth-token'];

/** Real credentials are longer. A shorter one may be an ordinary word, which must stay readable. */
const shortestSecret = 8;

const maxLength = 300;

/** Characters that end lines, control terminals, change the direction of text, or are half of a surrogate pair. */
const controlCharacters = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Signs of HTML, of a stack trace, or of a host's name. */
const unfitSigns = [
  /<[a-z!/?]/i, // HTML, XML
  /:\/\//, // a URL
  /\b(?:[a-z0-9_-]+\.)+[a-z]{2,}\b/i, // a host name; an e-mail address or a class name as well
  /\b\d{1,3}(?:\.\d{1,3}){3}\b/, // an IPv4 address
  /(?:[0-9a-f]{0,4}:){3}/i, // an IPv6 address
  /\blocalhost\b|\b[a-z][a-z0-9-]*:\d{2,5}\b/i, // a host without a domain, a host with a port
];

/**
 * The upstream's message without the secrets of its call, on one line of at most 300 characters. Returns `neutral` if
 * nothing is left, or if the message looks like HTML or contains a URL, a host or an address. In doubt it returns
 * `neutral`: a client still has the upstream's code.
 */
export function publicMessage(message: string, neutral: string, sent: SentHeaders): string {
  const line = withoutSecrets(message, sent).slice(0, maxLength).replace(controlCharacters, ' ').trim();
  return line === '' || unfitSigns.some((sign) => sign.test(line)) ? neutral : line;
}

/**
 * Replaces the credentials of a call in a text of its answer. The upstream, or a debugging proxy, may quote them, and
 * they may be the gateway's own. Finds the credential with or without its scheme. Must never be applied to text that is
 * parsed or counted later: a caller could choose its credential so that an answer means something else.
 */
export function withoutSecrets(text: string, sent: SentHeaders): string {
  return secretHeaders
    .map((name) => sent[name]?.replace(/^\S+\s+/, '') ?? '')
    .filter((secret) => secret.length >= shortestSecret)
    .reduce((clean, secret) => clean.replaceAll(secret, '…'), text);
}
