/** What of the upstream's own words may reach a client. Knows neither codes nor statuses. */

/** The headers of a call by lower-case name, its credentials among them. */
export type SentHeaders = Readonly<Record<string, string>>;

const secretHeaders = ['authorization', 'x-cap-api-oauth-token'];

/** No real credential is shorter. A shorter one may be a word of the language, which must stay readable. */
const shortestSecret = 8;

const maxLength = 300;

/** Characters that end lines, steer terminals, turn the direction of text around, or are half of a pair. */
const steering = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Signs of a page or a stack trace, and names of machines: no reader of the message can use them. */
const unfit = [
  /<[a-z!/?]/i, // HTML, XML
  /:\/\//, // a URL
  /\b(?:[a-z0-9_-]+\.)+[a-z]{2,}\b/i, // a host name; an e-mail address or a class name as well
  /\b\d{1,3}(?:\.\d{1,3}){3}\b/, // an IPv4 address
  /(?:[0-9a-f]{0,4}:){3}/i, // an IPv6 address
  /\blocalhost\b|\b[a-z][a-z0-9-]*:\d{2,5}\b/i, // a host without a domain, a host with a port
];

/**
 * The upstream's message without the secrets of its call, on one line, of at most 300 characters. Returns `neutral` when
 * nothing is left, or when the message looks like HTML or holds a URL, a host or an address. This is rather too strict than
 * too lax: a client still has the upstream's code.
 */
export function publicMessage(message: string, neutral: string, sent: SentHeaders): string {
  const line = withoutSecrets(message, sent).slice(0, maxLength).replace(steering, ' ').trim();
  return line === '' || unfit.some((sign) => sign.test(line)) ? neutral : line;
}

/**
 * Blots out the credentials of a call in a text of its answer: an upstream, or a debugging proxy before it, may quote the
 * gateway's own. Finds the plain credential, with or without its scheme. Never applied to text that is parsed or counted:
 * a caller who chooses its credential could change what an answer says.
 */
export function withoutSecrets(text: string, sent: SentHeaders): string {
  return secretHeaders
    .map((name) => sent[name]?.replace(/^\S+\s+/, '') ?? '')
    .filter((secret) => secret.length >= shortestSecret)
    .reduce((clean, secret) => clean.replaceAll(secret, '…'), text);
}
