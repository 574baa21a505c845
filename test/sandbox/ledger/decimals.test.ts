/** Exact sums of points. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readThousandths, writeThousandths } from '../../../src/sandbox/ledger/decimals.ts';

describe('thousandths', () => {
  it.each([
    ['0', '0.000'],
    ['12.5', '12.500'],
    ['-0.5', '-0.500'],
    ['12345678901234567890.123', '12345678901234567890.123'],
  ])('reads %s and writes %s', (text, written) => {
    expect(writeThousandths(readThousandths(text))).toBe(written);
  });

  it('reads back what it writes, for any size', () => {
    fc.assert(fc.property(fc.bigInt(), (amount) => readThousandths(writeThousandths(amount)) === amount));
  });

  it.each(['', '1.2345', '1e3', '+1', 'x'])('refuses %j', (text) => {
    expect(() => readThousandths(text)).toThrow(TypeError);
  });
});
