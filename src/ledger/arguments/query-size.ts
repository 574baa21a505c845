/**
 * Whether what is asked for fits into a URL. Checked before any call, where it is a clear error and costs nothing.
 */
import { wrongArgument } from '../../errors.ts';
import type { CustomerIdentifier, LedgerFilter } from '../../upstream/page-request.ts';

/**
 * Octets that identifier and filter may take in a URL, percent-encoded. Servers should take URLs of 8000 octets
 * (RFC 9110, section 4.1); the rest is for host, path, parameter names and page.
 */
const mostOctets = 6000;

/**
 * Checks the texts of an identifier together; each may be within its own bound and both of them too much.
 * @param argument where the identifier was given: `identifier`, or `identifiers[3]`.
 * @throws {GatewayError} BAD_USER_INPUT
 */
export function checkIdentifierSize(argument: string, identifier: CustomerIdentifier): void {
  checkSize(argument, textsOf(identifier));
}

/**
 * Checks a filter together with the identifier, which fits alone.
 * @throws {GatewayError} BAD_USER_INPUT for the filter's longer argument.
 */
export function checkFilterSize(identifier: CustomerIdentifier, filter: LedgerFilter): void {
  const { currencies = [], tillId = '' } = filter;
  const argument = lengthOf(currencies) > tillId.length ? 'currencies' : 'tillId';
  checkSize(argument, [...textsOf(identifier), tillId, ...currencies]);
}

/** Encoding costs more than all other checks, and makes no text shorter: one that is too long as it is needs none. */
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
