/** How long a 429 asks to wait: the Retry-After header in seconds. The clock comes in from outside. */

/** The upstream counts calls per minute, so after a whole minute its count has surely started anew. */
const defaultSeconds = 60;

/** One hour: a misconfigured upstream must not talk callers into waiting for days. */
const maxSeconds = 3600;

/** The three date forms of RFC 9110, section 5.6.7, all of which start with a day of the week. */
const dateForm = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

/**
 * Whole seconds to wait, rounded up, from 1 to 3600. Takes seconds or an HTTP date (RFC 9110, section
 * 10.2.3), which is held against `now`, in milliseconds since 1970. Without a header that makes sense: 60.
 */
export const retryAfterSeconds = (header: string | undefined, now: number): number => {
  const seconds = waitSeconds(header?.trim() ?? '', now);
  return Number.isNaN(seconds) ? defaultSeconds : Math.min(Math.max(Math.ceil(seconds), 1), maxSeconds);
};

const waitSeconds = (text: string, now: number): number => {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  // The oldest form, C's asctime, names no zone and means GMT; Date.parse would take it for local time.
  const date = text.endsWith('GMT') ? text : `${text} GMT`;
  return dateForm.test(text) ? (Date.parse(date) - now) / 1000 : Number.NaN;
};
