/**
 * Reads and checks a client's `CustomerIdentifierInput`. Makes no call.
 */
import type { CustomerIdentifier, CustomerSource, IdentifierName } from '../../upstream/page-request.ts';
import { checkText, checkUrlSize } from './text-limits.ts';

/** The input object as GraphQL gives it. `null` means left out. */
export type IdentifierInput = {
  readonly name: IdentifierName;
  readonly value: string;
  readonly source?: CustomerSource | null | undefined;
  readonly accountId?: string | null | undefined;
};

/** The default source. Most customers are registered there. */
const defaultSource = 'INSTORE';

/**
 * Reads an identifier. Does not trim or change it, because only the upstream knows which spellings are equal.
 * @param argument where the input object was given: `identifier`, or `identifiers[3]`.
 * @throws {GatewayError} BAD_USER_INPUT for an empty or too long text.
 */
export function identifierFromInput(argument: string, given: IdentifierInput): CustomerIdentifier {
  const { name, value, accountId } = given;
  const source = given.source ?? defaultSource;
  checkText(`${argument}.value`, value);
  if (accountId === null || accountId === undefined) {
    checkUrlSize(`${argument}.value`, [value]);
    return { name, value, source };
  }
  checkText(`${argument}.accountId`, accountId);
  checkUrlSize(argument, [value, accountId]);
  return { name, value, source, accountId };
}
