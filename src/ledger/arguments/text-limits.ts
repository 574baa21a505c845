/**
 * Bounds on the free texts in arguments. They hold before any call, where a breach is a clear error and costs nothing.
 */
import { wrongArgument } from '../../errors.ts';
import type { CustomerIdentifier, LedgerFilter } from '../../upstream/page-request.ts';

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
 * Checks the texts of an identifier together: each may fit alone and both not.
 * @param argument where the identifier was given: `identifier`, or `identifiers[3]`.
 * @throws {GatewayError} BAD_USER_INPUT
 */
export function checkIdentifierSize(argument: string, identifier: CustomerIdentifier): void {
  checkSize(argument, textsOf(identifier));
}

/**
 * Checks a filter together with an identifier that fits alone.
 * @throws {GatewayError} BAD_USER_INPUT for the filter's longer argument.
 */
export function checkFilterSize(identifier: CustomerIdentifier, filter: LedgerFilter): void {
  const { currencies = [], tillId = '' } = filter;
  const argument = lengthOf(currencies) > tillId.length ? 'currencies' : 'tillId';
  checkSize(argument, [...textsOf(identifier), tillId, ...currencies]);
}

/** Encoding makes no text shorter, and costs more than all other checks: it is left out where the length is too much. */
function checkSize(argument: string, texts: readonly string[]): void {
  if (lengthOf(texts) <= mostOctets && encodeURIComponent(texts.join(',')).length <= mostOctets) return;
  throw wrongArgument(
    argument,
    `The texts in the arguments take up to ${mostOctets} octets in a URL, got more`,
  );
}

function textsOf({ value, accountId = '' }: CustomerIdentifier): string[] {
  return [value, accountId];
}

function lengthOf(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
