/** What an answer means by its status alone, where its body holds no refusal. Pure. */

/**
 * `page`: a page is to be expected. `odd`: an answer that makes no sense here, but another may follow. `refused`: the
 * same call would be refused again. `failing`: the upstream fails, and may be well at the next try. `failing-for-good`:
 * it fails, and says that the next try would be no better.
 */
export type StatusMeaning = 'page' | 'odd' | 'refused' | 'failing' | 'failing-for-good';

/** The statuses that mean something else than their class. */
const exceptions: Readonly<Record<number, StatusMeaning>> = {
  200: 'page',
  301: 'refused', // Moved Permanently: the base URL is wrong, and a redirect is never followed.
  308: 'refused', // Permanent Redirect
  408: 'failing', // Request Timeout: RFC 9110, section 15.5.9, lets a client send it again.
  425: 'failing', // Too Early: RFC 8470, section 5.2, the same.
  501: 'failing-for-good', // Not Implemented
  505: 'failing-for-good', // HTTP Version Not Supported
  506: 'failing-for-good', // Variant Also Negotiates: its configuration is wrong.
  508: 'failing-for-good', // Loop Detected
  510: 'failing-for-good', // Not Extended
  511: 'failing-for-good', // Network Authentication Required: a network in between wants somebody to log in.
};

/**
 * 401, 403 and 429 are judged before this is asked. A 4xx says that the request is at fault. A status beyond 599 counts
 * as 5xx (RFC 9110, section 15).
 */
export function meaningOfStatus(status: number): StatusMeaning {
  const exception = exceptions[status];
  if (exception !== undefined) return exception;
  if (status >= 500) return 'failing';
  return status >= 400 ? 'refused' : 'odd';
}

/** For the log: the status behind a failure, with a code like those of Node's own errors. */
export function statusCause(status: number): Error {
  return Object.assign(new Error(`The upstream answered with status ${status}.`), { code: `HTTP_${status}` });
}
