/** Decimals as text: what passes, what is expanded, what is refused. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDecimal } from '../../../src/upstream/rest/shape.ts';

describe('plainDecimal', () => {
  it.each(['0', '-0', '007.10', '30000.000', '-0.001', '123456789012345678901234567890.123'])(
    'leaves %s as it is',
    (text) => {
      expect(plainDecimal(text)).toBe(text);
    },
  );

  it.each([
    ['3E+4', '30000'],
    ['0E-7', '0.0000000'],
    ['0E+4', '0'],
    ['-1.50e1', '-15.0'],
    ['0.5e3', '500'],
    ['1.2345e2', '123.45'],
    ['1.5e-3', '0.0015'],
    ['12e0', '12'],
    ['12e-2', '0.12'],
    ['1E+100', `1${'0'.repeat(100)}`],
  ])('expands %s to %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '.5',
    '5.',
    '+1',
    '1,5',
    '0x10',
    'NaN',
    'Infinity',
    '1e',
    '1E+101',
    '1e-101',
    '1e999999999',
    '١',
    '1\n',
  ])('refuses %j', (text) => {
    expect(plainDecimal(text)).toBeNull();
  });

  it('expands without changing the value', () => {
    const significand = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n }), fc.nat({ max: 9 }));
    fc.assert(
      fc.property(significand, fc.integer({ min: -100, max: 100 }), ([whole, fraction], exponent) => {
        const [before = '', after = ''] = plainDecimal(`${whole}.${fraction}e${exponent}`)?.split('.') ?? [];
        const scaled = BigInt(before + after.padEnd(102, '0'));
        expect(scaled).toBe((whole * 10n + BigInt(fraction)) * 10n ** BigInt(exponent + 101));
      }),
    );
  });
});
