/**
 * The field of a customer that gives its balances. They were read when the customer was (`look-ahead.ts`); here
 * they are picked up.
 */

import { filterFromArguments } from '../ledger/arguments/ledger-filter.ts';
import { createCursorCodec } from '../ledger/sealing/cursor.ts';
import { balanceArguments } from './balance-arguments.ts';
import { builder } from './builder.ts';
import { Customer } from './customer.ts';
import { LedgerBalance } from './ledger-balance.ts';

builder.objectField(Customer, 'ledgerBalance', (t) =>
  t.field({
    type: LedgerBalance,
    nullable: true,
    description:
      "A stretch of the customer's closing balances. Page with `first` and `after`, or `last` and `before`; with " +
      'none of them it is the first 10. Null, with an error, when this balance alone failed.',
    args: balanceArguments,
    resolve({ identifier, reading }, given, { keys, isLarge, yieldTurn }, info) {
      function pick() {
        const page = reading.balances.get(String(info.path.key));
        if (page === undefined) throw new Error('A balance that is selected was not asked for');
        if (page instanceof Error) throw page;
        return { page, cursors: createCursorCodec(keys.cursors, identifier, filterFromArguments(given)) };
      }
      return (isLarge && yieldTurn()?.then(pick)) || pick();
    },
  }),
);
