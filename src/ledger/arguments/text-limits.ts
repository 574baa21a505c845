/**
 * Limits on free texts in arguments. They are checked before any call, so that a too long text costs none.
 */
import { wrongArgument } from '../../errors.ts';

/** Most characters of one text: three times the longest e-mail address. */
const longestText = 1000;

/**
 * Most octets of identifier and filter in a URL, percent-encoded. Servers should accept URLs of 8000 octets (RFC 9110,
 * section 4.1); the rest is for host, path, parameter names and page.
 */
const mostOctets = 6000;

/** Half of a surrogate pair is no character, and UTF-8 cannot encode it. */
const surrogate = /\p{Surrogate}/u;

/**
 * Checks that a text is well-formed Unicode, not blank and not too long.
 * @param argument the argument's path, such as `identifier.value`.
 * @throws {GatewayError} BAD_USER_INPUT; the message names the argument, never the value, which may be personal.
 */
export function checkText(argument: string, text: string): void {
  if (text.trim() === '') throw wrongArgument(argument, `\`${argument}\` must not be empty`);
  if (text.length > longestText) {
    const message = `\`${argument}\` takes up to ${longestText} characters, got ${text.length}`;
    throw wrongArgument(argument, message);
  }
  if (surrogate.test(text)) throw wrongArgument(argument, `\`${argument}\` must be well-formed Unicode`);
}

/**
 * Checks that texts fit into one URL together.
 * @param argument the argument that the error names.
 * @throws {GatewayError} BAD_USER_INPUT
 */
export function checkUrlSize(argument: string, texts: readonly string[]): void {
  // Encoding is the slowest check. It makes no text shorter, and no character longer than nine octets.
  const text = texts.join(',');
  if (text.length * 9 <= mostOctets) return;
  if (text.length <= mostOctets && encodeURIComponent(text).length <= mostOctets) return;
  throw wrongArgument(
    argument,
    `The texts in the arguments take up to ${mostOctets} octets in a URL, got more`,
  );
}
