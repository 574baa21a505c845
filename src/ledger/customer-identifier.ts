/**
 * Checks how a caller names a customer. Knows nothing of calls.
 */
import type { CustomerIdentifier, CustomerSource, IdentifierName } from '../upstream/page-request.ts';
import { checkText } from './text-argument.ts';

/** The input object as GraphQL gives it. */
export type IdentifierInput = {
  readonly name: IdentifierName;
  readonly value: string;
  readonly source: CustomerSource;
  readonly accountId?: string | null | undefined;
};

/**
 * Reads an identifier. Nothing is trimmed or changed: upstream decides what it names.
 * @throws BAD_USER_INPUT for an empty or overlong text.
 */
export function identifierFromInput({ name, value, source, accountId }: IdentifierInput): CustomerIdentifier {
  checkText('identifier.value', value);
  if (accountId === null || accountId === undefined) return { name, value, source };
  checkText('identifier.accountId', accountId);
  return { name, value, source, accountId };
}
