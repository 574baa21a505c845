/** Reads how long an answer asks to wait: the Retry-After header, in seconds. Pure. */

/** The upstream counts calls per minute, so after a minute it certainly accepts calls again. */
const defaultSeconds = 60;

/** One hour: a misconfigured upstream must not make callers wait for days. */
const maxSeconds = 3600;

/** The three date forms of RFC 9110, section 5.6.7. All start with a day of the week. */
const dateForm = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\d\d:\d\d:\d\d/;

/** The headers Retry-After and Date of an answer. */
export type RetryHeaders = {
  readonly retryAfter: string | undefined;
  readonly date: string | undefined;
};

/**
 * Whole seconds to wait after a 429, rounded up, from 1 to 3600; 60 without a valid Retry-After. The header has seconds
 * or an HTTP date (RFC 9110, section 10.2.3). A date is compared with the answer's Date header, because the upstream's
 * clock may differ from ours by minutes. Without a valid Date header it is compared with `wallNow`, in milliseconds
 * since 1970.
 */
export function retryAfterSeconds(headers: RetryHeaders, wallNow: number): number {
  const seconds = waitSeconds(headers, wallNow);
  return Number.isNaN(seconds) ? defaultSeconds : withinBounds(seconds);
}

/**
 * Whole seconds to wait after a failure, from 1 to 3600; undefined without a valid Retry-After, or if its date has
 * passed.
 */
export function failureRetryAfter(headers: RetryHeaders, wallNow: number): number | undefined {
  if (headers.retryAfter === undefined) return undefined;
  const seconds = waitSeconds(headers, wallNow);
  return seconds > 0 ? withinBounds(seconds) : undefined;
}

const withinBounds = (seconds: number): number => Math.min(Math.max(Math.ceil(seconds), 1), maxSeconds);

function waitSeconds(headers: RetryHeaders, wallNow: number): number {
  const text = headers.retryAfter?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  const answeredAt = readDate(headers.date?.trim() ?? '');
  return (readDate(text) - (Number.isNaN(answeredAt) ? wallNow : answeredAt)) / 1000;
}

/** Milliseconds since 1970; NaN if the text is no HTTP date. */
function readDate(text: string): number {
  // The oldest form, C's asctime, names no zone and means GMT; Date.parse would take it for local time.
  const date = text.endsWith('GMT') ? text : `${text} GMT`;
  return dateForm.test(text) ? Date.parse(date) : Number.NaN;
}
