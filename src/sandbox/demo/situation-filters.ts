/** The situations that concern filters: dates, kinds of entry and category, currencies, tills. */

import type { Account, LedgerEvent } from '../ledger/member.ts';
import { programmes } from './programmes.ts';
import { makeSituation, plainAccount, type Situation } from './situation.ts';

/** Ledgers on which each filter has an effect that can be worked out in the head. */
export const filterSituations: readonly Situation[] = [
  makeSituation(
    11,
    'history',
    'Main: 100 at the start, 350 after 2025-03-31, 300 after 2025-06-30, 800 after 2025-12-31; Holiday Bonus opens on 2025-12-01',
    { ledger: [historyAccount(), holidayAccount()] },
  ),
  makeSituation(12, 'categories', 'one entry each of REGULAR, PROMISED and TRIGGER_BASED', {
    ledger: [
      plainAccount('Main', '200.000'),
      { ...plainAccount('Promised Points', '75.000'), categoryType: 'PROMISED' },
      { ...plainAccount('Birthday Bonus', '50.000'), categoryType: 'TRIGGER_BASED' },
    ],
  }),
  makeSituation(13, 'currencies', 'Main, and the alternate currencies Gold, Miles and Stars', {
    ledger: [
      plainAccount('Main', '30000.000'),
      currencyAccount('Gold', '150.000', {}),
      currencyAccount('Miles', '48250.000', programmes.travel),
      { ...currencyAccount('Stars', '7.000', programmes.kitchen), categoryType: 'TRIGGER_BASED' },
    ],
  }),
  makeSituation(
    14,
    'tills',
    'two programmes, each seen from its own tills (till.retail.01, till.kitchen.01); 40 of Main were redeemed at a concept till',
    { ledger: [conceptAccount(), { ...plainAccount('Main', '60.000'), ...programmes.kitchen }] },
  ),
];

/** Four balances at four dates, in round numbers. */
function historyAccount(): Account {
  const events: LedgerEvent[] = [
    { at: '2025-03-31T10:00:00', type: 'CREDIT', amount: '250.000' },
    { at: '2025-06-30T10:00:00', type: 'DEBIT', amount: '50.000' },
    { at: '2025-12-31T10:00:00', type: 'CREDIT', amount: '500.000' },
  ];
  return { ...plainAccount('Main', '100.000'), events };
}

/** Opened late: before that it is not in the ledger, and the total is one less. */
function holidayAccount(): Account {
  const { openingBalance: _, ...account } = plainAccount('Holiday Bonus', '0.000');
  const opened = '2025-12-01T09:00:00';
  return { ...account, openedAt: opened, events: [{ at: opened, type: 'CREDIT', amount: '25.000' }] };
}

/** Named as the reference's sample names the category of an alternate currency. */
function currencyAccount(name: string, balance: string, programme: Partial<Account>): Account {
  return { ...plainAccount(`${name}_PointCategory`, balance), ...programme, alternateCurrency: name };
}

/** 500, or 460 when what was redeemed at a concept till counts. */
function conceptAccount(): Account {
  const event = { at: '2026-02-14T16:30:00', type: 'DEBIT', amount: '40.000', atConceptTill: true } as const;
  return { ...plainAccount('Main', '500.000'), events: [event] };
}
