/** What of the upstream's own words may reach a client. Knows neither codes nor statuses. */

const maxLength = 300;

/** Characters that end lines, steer terminals, turn the direction of text around, or are half of a pair. */
const steering = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Signs of a page or a stack trace, and names of machines: whoever reads the message has no use for them. */
const unfit = [
  /<[a-z!/?]/i, // HTML, XML
  /:\/\//, // a URL
  /\b(?:[a-z0-9_-]+\.)+[a-z]{2,}\b/i, // a host name; an e-mail address or a class name as well
  /\b\d{1,3}(?:\.\d{1,3}){3}\b/, // an IPv4 address
  /(?:[0-9a-f]{0,4}:){3}/i, // an IPv6 address
  /\blocalhost\b|\b[a-z][a-z0-9-]*:\d{2,5}\b/i, // a host without a domain, a host with a port
];

/**
 * The upstream's message on one line, of at most 300 characters; or `neutral` when nothing is left, or when
 * it looks like HTML or holds a URL, a host or an address. Rather too careful than not: a client still has
 * the upstream's code.
 */
export const publicMessage = (message: string, neutral: string): string => {
  const line = message.slice(0, maxLength).replace(steering, ' ').trim();
  return line === '' || unfit.some((sign) => sign.test(line)) ? neutral : line;
};
