/** Every filter parameter changes which entries are listed, or their balances. */

import { describe, expect, it } from 'vitest';
import { filterLedger } from '../../../src/sandbox/ledger/ledger.ts';
import type { Account } from '../../../src/sandbox/ledger/member.ts';
import type { LedgerFilter } from '../../../src/sandbox/ledger/question.ts';

const none: LedgerFilter = { includeAlternateCurrencies: false, includeTillConceptEvents: false };

const main: Account = {
  pointsCategory: 'Main',
  programId: '1',
  openingBalance: '100.000',
  events: [
    { at: '2025-01-10T00:00:00', type: 'CREDIT', amount: '50' },
    { at: '2025-02-10T00:00:00', type: 'DEBIT', amount: '30' },
    { at: '2025-03-10T00:00:00', type: 'DEBIT', amount: '5.5', atConceptTill: true },
  ],
};
const promised: Account = {
  pointsCategory: 'Promised',
  programId: '1',
  categoryType: 'PROMISED',
  openedAt: '2025-02-01T00:00:00',
  tillIds: ['till.1'],
  events: [{ at: '2025-02-02T00:00:00', type: 'CREDIT', amount: '7' }],
};
const gold: Account = {
  pointsCategory: 'Gold_PointCategory',
  programId: '1',
  openingBalance: '3.000',
  alternateCurrency: 'Gold',
};
const ledger = [main, null, promised, gold];

/** The entries under a filter with their balances; `null` for a hidden position. */
function listed(filter: Partial<LedgerFilter>): (string | null)[] {
  return filterLedger(ledger, { ...none, ...filter }).map(
    (position) => position && `${position.account.pointsCategory} ${position.closingBalance}`,
  );
}

describe('filterLedger', () => {
  it('lists plain points without a filter, and leaves alternate currencies and concept tills out', () => {
    expect(listed({})).toEqual(['Main 120.000', null, 'Promised 7.000']);
  });

  it('closes the balances at endDate, inclusive, and leaves out accounts that open later', () => {
    expect(listed({ endDate: '2025-01-09T23:59:59' })).toEqual(['Main 100.000', null]);
    expect(listed({ endDate: '2025-01-10T00:00:00' })).toEqual(['Main 150.000', null]);
    expect(listed({ endDate: '2025-02-01T00:00:00' })).toEqual(['Main 150.000', null, 'Promised 0.000']);
  });

  it('lists one kind of category', () => {
    expect(listed({ pointCategoryType: 'PROMISED' })).toEqual([null, 'Promised 7.000']);
    expect(listed({ pointCategoryType: 'TRIGGER_BASED' })).toEqual([null]);
  });

  it('counts one kind of entry', () => {
    expect(listed({ ledgerEntryType: 'CREDIT' })).toEqual(['Main 50.000', null, 'Promised 7.000']);
    expect(listed({ ledgerEntryType: 'DEBIT' })).toEqual(['Main -30.000', null]);
    expect(listed({ ledgerEntryType: 'OPENING_BALANCE' })).toEqual(['Main 100.000', null]);
  });

  it('adds every alternate currency on demand, or lists only those named', () => {
    expect(listed({ includeAlternateCurrencies: true }).at(-1)).toBe('Gold_PointCategory 3.000');
    expect(listed({ alternateCurrencyNames: ['Gold'] })).toEqual([null, 'Gold_PointCategory 3.000']);
    expect(listed({ alternateCurrencyNames: ['Miles'] })).toEqual([null]);
  });

  it('hides an account that has tills from every other till', () => {
    expect(listed({ tillId: 'till.1' })).toEqual(['Main 120.000', null, 'Promised 7.000']);
    expect(listed({ tillId: 'till.2' })).toEqual(['Main 120.000', null]);
  });

  it('counts deductions at concept tills on demand', () => {
    expect(listed({ includeTillConceptEvents: true })[0]).toBe('Main 114.500');
  });
});
