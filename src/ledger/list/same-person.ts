/**
 * Whether pages are of one person. An identifier can come to mean another one between two calls, when a number is
 * registered anew or customers are merged; no answer may show entries of two people. Knows nothing of calls.
 */
import { GatewayError } from '../../errors.ts';
import type { LedgerPage } from '../../upstream/page-request.ts';

/** What tells whose something is: the details that every page has, by their `userId`, compared as text. */
export type Owned = Pick<LedgerPage, 'details'>;

/** Whether all are of one person. Nothing at all is, too. */
export function areOfOnePerson(owned: readonly Owned[]): boolean {
  return owned.every(({ details }) => details.userId === owned[0]?.details.userId);
}

/**
 * The failure of a call, or of a whole list, that told another person than the answer is of. To be tried again: by
 * then all calls should tell the person whom the identifier means now.
 */
export function anotherPerson(): GatewayError {
  const message = 'Expected all pages to be of one customer, got one of another under the same identifier';
  return new GatewayError('UPSTREAM_BAD_RESPONSE', message);
}
