/**
 * The one check that every free text goes through before it is sent upstream.
 */
import { type GatewayError, wrongArgument } from '../../errors.ts';

/**
 * Characters in a text argument at most: three times the longest e-mail address, and short enough that a URL
 * with several of them stays within what HTTP servers take.
 */
const longestText = 1000;

/**
 * Any Unicode text that is not blank.
 * @param argument the argument's path, such as `identifier.value`.
 * @throws {GatewayError} BAD_USER_INPUT; the message names the argument, never the value, which may be personal.
 */
export function checkText(argument: string, text: string): void {
  if (text.trim() === '') throw badText(argument, 'must not be empty');
  if (text.length > longestText)
    throw badText(argument, `takes up to ${longestText} characters, got ${text.length}`);
  // A half of a surrogate pair is no character and cannot be sent as UTF-8.
  if (/\p{Surrogate}/u.test(text)) throw badText(argument, 'must be well-formed Unicode');
}

function badText(argument: string, problem: string): GatewayError {
  return wrongArgument(argument, `\`${argument}\` ${problem}`);
}
