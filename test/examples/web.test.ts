/** The pure parts of the member-points page: digits, months, groups. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showDecimal, showShort } from '../../examples/web/src/decimals.ts';
import { momentsUntil } from '../../examples/web/src/months.ts';
import { type Entry, groupByProgramme, largestBalances } from '../../examples/web/src/programmes.ts';

describe('a decimal', () => {
  it('is shown with exactly its digits', () => {
    const digits = (least: number) => fc.stringMatching(new RegExp(`^\\d{${least},40}$`));
    fc.assert(
      fc.property(fc.boolean(), digits(1), digits(0), (isNegative, whole, fraction) => {
        const decimal = `${isNegative ? '-' : ''}${whole.replace(/^0+(?=\d)/, '')}${fraction && `.${fraction}`}`;
        const shown = showDecimal(decimal as `${number}`, 'en').replaceAll(',', '');
        expect(shown).toBe(decimal);
      }),
    );
  });

  it.each([
    ['1628.500', '1,628.5'],
    ['12.000', '12'],
    ['0.001', '0.001'],
    ['1234567.891', '1.2M'],
  ] as const)('is short in a chart: %s is %s', (decimal, shown) => {
    expect(showShort(decimal, 'en')).toBe(shown);
  });
});

describe('the moments to choose', () => {
  it.each([
    ['2026-03-31T12:00:00', '2026-02-28T23:59:59', 'End of February 2026'],
    ['2024-03-01T00:00:00', '2024-02-29T23:59:59', 'End of February 2024'],
    ['2026-01-15T12:00:00', '2025-12-31T23:59:59', 'End of December 2025'],
  ])('on %s are the ends of 36 months, the last one %s, and now', (today, endDate, label) => {
    const moments = momentsUntil(new Date(today), 'en');
    expect(moments.length).toBe(37);
    expect(moments.slice(-2)).toEqual([
      { label, endDate },
      { label: 'Now', endDate: undefined },
    ]);
    const ends = moments.slice(0, -1).map((moment) => String(moment.endDate));
    expect(new Set(ends).size).toBe(36);
    expect(ends).toEqual(ends.toSorted());
    const isLastDay = (end: string) => new Date(Date.parse(`${end}Z`) + 1000).getUTCDate() === 1;
    expect(ends.every(isLastDay)).toBe(true);
  });
});

const entry = (
  cursor: string,
  programId: string,
  closingBalance: `${number}`,
  alternateCurrency: string | null = null,
): Entry => ({
  cursor,
  node: { pointsCategory: cursor, programId, programName: null, closingBalance, alternateCurrency },
});

describe('the balances', () => {
  const programmes = groupByProgramme([
    entry('a', '1', '5'),
    entry('b', '2', '70'),
    entry('c', '1', '900', 'Miles'),
    entry('d', '1', '-3'),
    entry('e', '2', '8'),
  ]);

  it('are grouped by programme, in their order, also when they come mixed', () => {
    expect(programmes.map(({ name, entries }) => [name, entries.map(({ cursor }) => cursor)])).toEqual([
      ['Programme 1', ['a', 'c', 'd']],
      ['Programme 2', ['b', 'e']],
    ]);
  });

  it('are charted from the largest, without other currencies and debts', () => {
    expect(largestBalances(programmes, 2).map(({ key }) => key)).toEqual(['b', 'e']);
    expect(largestBalances(programmes, 9).map(({ key }) => key)).toEqual(['b', 'e', 'a']);
  });
});
