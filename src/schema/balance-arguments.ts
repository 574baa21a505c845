/**
 * The arguments of `ledgerBalance`: the filters that name a list, and the window of it. `../ledger/` checks what the types
 * cannot express.
 */
import type { FilterArguments } from '../ledger/arguments/ledger-filter.ts';
import { builder, describedValues } from './builder.ts';

const PointCategoryType = builder.enumType('PointCategoryType', {
  description: 'The kinds of points category.',
  values: describedValues<NonNullable<FilterArguments['categoryType']>>({
    REGULAR: 'Points that can be spent.',
    PROMISED: 'Points that are promised and become regular ones later.',
    TRIGGER_BASED: 'Points that an event sets free.',
  }),
});

const LedgerEntryType = builder.enumType('LedgerEntryType', {
  description: 'The kinds of ledger entry from which a balance is made.',
  values: describedValues<NonNullable<FilterArguments['ledgerEntryType']>>({
    CREDIT: 'Points that came in.',
    DEBIT: 'Points that went out.',
    OPENING_BALANCE: 'The balance with which the ledger was begun.',
  }),
});

/** All arguments: first the filters, then Relay's four. */
export const balanceArguments = builder.args((t) => ({
  endDate: t.field({ type: 'LocalDateTime', description: 'Balances as of this moment. Default: now.' }),
  categoryType: t.field({
    type: PointCategoryType,
    description: 'Only this kind of category. Default: all.',
  }),
  ledgerEntryType: t.field({
    type: LedgerEntryType,
    description: 'Only from this kind of ledger entry. Default: all.',
  }),
  currencies: t.stringList({
    description:
      'Only these alternate currencies, by name, at most 100; names have no commas. Empty is the same as left ' +
      'out. Not together with `includeAllCurrencies`.',
  }),
  includeAllCurrencies: t.boolean({
    defaultValue: false,
    description:
      'Every alternate currency of the customer too. Not together with `currencies`. Null is the default.',
  }),
  tillId: t.id({ description: 'The balance as seen from this till.' }),
  includeTillConceptEvents: t.boolean({
    defaultValue: false,
    description:
      "Count deductions at tills of the programme's concept too, even when they belong to another programme. " +
      'Null is the default.',
  }),
  first: t.int({
    description:
      'How many balances, from the beginning or after `after`: 0 to the largest page, usually 200.',
  }),
  after: t.string({
    description: 'The cursor after which to begin. Goes with `first`, or with neither size.',
  }),
  last: t.int({
    description: 'How many balances, up to the end or before `before`: 0 to the largest page, usually 200.',
  }),
  before: t.string({ description: 'The cursor before which to end. Goes with `last`.' }),
}));
