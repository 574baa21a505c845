/**
 * The id by which one request is found again in every log on its way.
 */

/**
 * What generators of ids write, and no phone number, card number, e-mail address or name can be: a UUID of RFC 9562, a
 * ULID, or 32 hexadecimal digits (nginx, trace ids). The latter two must have a letter.
 */
const forms: readonly RegExp[] = [
  /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i,
  /^(?=.*[A-Z])[0-7][\dA-HJKMNP-TV-Z]{25}$/,
  /^(?=.*[a-f])[\da-f]{32}$/i,
];

/**
 * The caller's `x-request-id` if it is made by a generator, else a new one: the id stands in headers and logs, and some
 * callers put there whom they ask for.
 */
export function requestIdOf(headers: Pick<Headers, 'get'>, createId: () => string): string {
  const given = headers.get('x-request-id') ?? '';
  return forms.some((form) => form.test(given)) ? given : createId();
}
