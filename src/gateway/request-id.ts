/**
 * The id by which one request is found again in every log on its way.
 */

/** Letters, digits and what common id formats put between them; short enough for any log. */
const form = /^[\w.:-]{1,128}$/;

/** The caller's `x-request-id` if it is fit to be repeated in headers and logs, else a new one. */
export function requestIdOf(headers: Headers, createId: () => string): string {
  const given = headers.get('x-request-id');
  return given !== null && form.test(given) ? given : createId();
}
