/** How long an answer asks to wait: the Retry-After header in seconds. The clock comes in from outside. */

/** The upstream counts calls per minute, so after a whole minute its count has surely started anew. */
const defaultSeconds = 60;

/** One hour: a misconfigured upstream must not talk callers into waiting for days. */
const maxSeconds = 3600;

/** The three date forms of RFC 9110, section 5.6.7, all of which start with a day of the week. */
const dateForm = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

/** The headers of an answer that say when to come again: Retry-After and Date. */
export type RetryHeaders = {
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
};

/**
 * Whole seconds to wait after a 429, rounded up, from 1 to 3600. Takes seconds or an HTTP date (RFC 9110, section 10.2.3). A date is
 * held against the answer's own, for the upstream's clock and ours may differ by minutes; against `now`, in milliseconds
 * since 1970, if the answer has none that makes sense. Without a header that makes sense: 60.
 */
export const retryAfterSeconds = (headers: RetryHeaders, now: number): number => {
  const seconds = waitSeconds(headers, now);
  return Number.isNaN(seconds) ? defaultSeconds : withinBounds(seconds);
};

/** The same after a failure, which as a rule names no time: undefined without a header that names one to come. */
export const failureRetryAfter = (headers: RetryHeaders, now: number): number | undefined => {
  const seconds = waitSeconds(headers, now);
  return seconds > 0 ? withinBounds(seconds) : undefined;
};

const withinBounds = (seconds: number): number => Math.min(Math.max(Math.ceil(seconds), 1), maxSeconds);

const waitSeconds = (headers: RetryHeaders, now: number): number => {
  const text = headers.retryAfter?.trim() ?? '';
  const date = headers.date?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const answeredAt = readDate(date);
  return (readDate(text) - (Number.isNaN(answeredAt) ? now : answeredAt)) / 1000;
};

/** Milliseconds since 1970; NaN for what is no HTTP date. */
const readDate = (text: string): number => {
  // The oldest form, C's asctime, names no zone and means GMT; Date.parse would take it for local time.
  const date = text.endsWith('GMT') ? text : `${text} GMT`;
  return dateForm.test(text) ? Date.parse(date) : Number.NaN;
};
