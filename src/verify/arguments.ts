/** Reads the customer from the command line. Pure. */
import { parseArgs } from 'node:util';
import { type CustomerIdentifier, customerSources, type IdentifierName } from '../upstream/page-request.ts';

const flags: Readonly<Record<string, IdentifierName>> = {
  mobile: 'MOBILE',
  email: 'EMAIL',
  'external-id': 'EXTERNAL_ID',
  'card-number': 'CARD_NUMBER',
  'card-external-id': 'CARD_EXTERNAL_ID',
  id: 'ID',
};

const scopeFlags = ['source', 'account-id'];

/** The customer, or all problems. */
export type ArgumentReading =
  | { readonly identifier: CustomerIdentifier }
  | { readonly problems: readonly string[] };

/** Reads the arguments of the process without its first two. The default source is INSTORE. */
export function readArguments(given: readonly string[]): ArgumentReading {
  const values = parse(given);
  if (values === undefined) return { problems: ['The arguments are options with values: see below.'] };
  const named = Object.keys(flags).flatMap((flag) => (values[flag] ?? []).map((value) => ({ flag, value })));
  const [source = 'INSTORE', ...otherSources] = values['source'] ?? [];
  const [accountId, ...otherAccounts] = values['account-id'] ?? [];
  const [customer] = named;
  const knownSource = customerSources.find((candidate) => candidate === source);
  const problems = [
    named.length === 1 ? '' : `Customer: got ${named.length}, takes one.`,
    customer?.value === '' ? `--${customer.flag}: got nothing, takes a value.` : '',
    knownSource === undefined || otherSources.length > 0
      ? `--source: takes one of ${customerSources.join(', ')}.`
      : '',
    accountId === '' || otherAccounts.length > 0 ? '--account-id: takes one value.' : '',
  ].filter((problem) => problem !== '');
  const name = flags[customer?.flag ?? ''];
  if (problems.length > 0 || customer === undefined || name === undefined || knownSource === undefined) {
    return { problems };
  }
  const account = accountId === undefined ? {} : { accountId };
  return { identifier: { name, value: customer.value, source: knownSource, ...account } };
}

/** All options with their values. `undefined` if something is no option, or an option has no value. */
function parse(given: readonly string[]): Readonly<Record<string, string[] | undefined>> | undefined {
  const option = { type: 'string', multiple: true } as const;
  const options = Object.fromEntries([...Object.keys(flags), ...scopeFlags].map((flag) => [flag, option]));
  try {
    return parseArgs({ args: [...given], options, strict: true, allowPositionals: false }).values;
  } catch {
    return undefined; // Node's message can repeat a customer's number.
  }
}
