/**
 * Reads and checks the arguments of `ledgerBalance` that select balances. Makes no call.
 */
import { wrongArgument } from '../../errors.ts';
import type { LedgerFilter } from '../../upstream/page-request.ts';
import { checkText } from './text-limits.ts';

/** The filter arguments as GraphQL gives them. `null` means left out. */
export type FilterArguments = {
  readonly [Name in keyof LedgerFilter]?: Given<Required<LedgerFilter>[Name]> | null | undefined;
};
type Given<T> = T extends true ? boolean : T;

/** Most currency names in one filter. Known loyalty programmes have a few dozen. */
const mostCurrencies = 100;

/**
 * Reads a filter in normal form, so that equal filters share calls: currencies are sorted and without repeats;
 * arguments that do not restrict are left out.
 * @throws {GatewayError} BAD_USER_INPUT
 */
export function filterFromArguments(given: FilterArguments): LedgerFilter {
  const { endDate, categoryType, ledgerEntryType, tillId } = given;
  const currencies = currencyNames(given.currencies ?? []);
  if (currencies.length > 0 && given.includeAllCurrencies === true) {
    throw wrongArgument('currencies', '`currencies` and `includeAllCurrencies` exclude each other');
  }
  if (isGiven(tillId)) checkText('tillId', tillId);
  return {
    ...(isGiven(endDate) && { endDate }),
    ...(isGiven(categoryType) && { categoryType }),
    ...(isGiven(ledgerEntryType) && { ledgerEntryType }),
    ...(currencies.length > 0 && { currencies }),
    ...(given.includeAllCurrencies === true && { includeAllCurrencies: true as const }),
    ...(isGiven(tillId) && { tillId }),
    ...(given.includeTillConceptEvents === true && { includeTillConceptEvents: true as const }),
  };
}

function currencyNames(names: readonly string[]): string[] {
  if (names.length > mostCurrencies) {
    const message = `\`currencies\` takes up to ${mostCurrencies} names, got ${names.length}`;
    throw wrongArgument('currencies', message);
  }
  for (const [index, name] of names.entries()) {
    const argument = `currencies[${index}]`;
    checkText(argument, name);
    // The upstream takes the names as one text with commas between them, and has no way to escape a comma.
    if (name.includes(',')) throw wrongArgument(argument, '`currencies` takes names without commas');
  }
  return [...new Set(names)].sort();
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
