/**
 * Bounds on the free texts in arguments. They hold before any call, where a breach is a clear error and costs nothing.
 */
import { wrongArgument } from '../../errors.ts';

/** Characters in one text at most: three times the longest e-mail address. */
const longestText = 1000;

/**
 * Octets that identifier and filter may take in a URL, percent-encoded. Servers should take URLs of 8000 octets
 * (RFC 9110, section 4.1); the rest is for host, path, parameter names and page.
 */
const mostOctets = 6000;

/**
 * Checks one text: well-formed Unicode, not blank, not overlong.
 * @param argument the argument's path, such as `identifier.value`.
 * @throws {GatewayError} BAD_USER_INPUT; the message names the argument, never the value, which may be personal.
 */
export function checkText(argument: string, text: string): void {
  if (text.trim() === '') throw wrongArgument(argument, `\`${argument}\` must not be empty`);
  if (text.length > longestText) {
    const message = `\`${argument}\` takes up to ${longestText} characters, got ${text.length}`;
    throw wrongArgument(argument, message);
  }
  // A half of a surrogate pair is no character and cannot be sent as UTF-8.
  if (/\p{Surrogate}/u.test(text))
    throw wrongArgument(argument, `\`${argument}\` must be well-formed Unicode`);
}

/**
 * Checks texts together: each may fit a URL alone and all of them not.
 * @param argument the argument that the error names.
 * @throws {GatewayError} BAD_USER_INPUT
 */
export function checkUrlSize(argument: string, texts: readonly string[]): void {
  // Encoding costs more than all other checks, and makes no text shorter: texts too long without it are not encoded.
  if (lengthOf(texts) <= mostOctets && encodeURIComponent(texts.join(',')).length <= mostOctets) return;
  throw wrongArgument(
    argument,
    `The texts in the arguments take up to ${mostOctets} octets in a URL, got more`,
  );
}

/** The length of all texts together, in characters. */
export function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
