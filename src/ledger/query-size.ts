/**
 * Whether what is asked for fits into a URL. Checked before any call, where it is a clear error and costs nothing.
 */
import { GatewayError } from '../errors.ts';
import type { CustomerIdentifier, LedgerFilter } from '../upstream/page-request.ts';

/**
 * Octets that identifier and filter may take in a URL, percent-encoded. Servers should take URLs of 8000 octets
 * (RFC 9110, section 4.1); the rest is for host, path, parameter names and page.
 */
const mostOctets = 6000;

/**
 * Checks one list's parameters together; each may be within its own bound and all of them too much.
 * @throws {GatewayError} BAD_USER_INPUT
 */
export function checkQuerySize({ value, accountId = '' }: CustomerIdentifier, filter: LedgerFilter): void {
  const { currencies = [], tillId = '' } = filter;
  const octets = encodeURIComponent([value, accountId, tillId, ...currencies].join(',')).length;
  if (octets <= mostOctets) return;
  const message = `The texts in the arguments take up to ${mostOctets} octets in a URL, got ${octets}`;
  throw new GatewayError('BAD_USER_INPUT', message);
}
