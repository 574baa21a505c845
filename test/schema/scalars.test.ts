/** The two custom scalars: what they take, and that they change nothing. */

import fc from 'fast-check';
import { assertScalarType, Kind } from 'graphql';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { schema } from '../../src/schema/schema.ts';

const decimal = assertScalarType(schema.getType('Decimal'));
const moment = assertScalarType(schema.getType('LocalDateTime'));

/** Whether a text is a moment; any other text must be refused with our own error. */
function isLocalDateTime(text: string): boolean {
  try {
    return moment.parseValue(text) === text;
  } catch (error) {
    expect(error).toBeInstanceOf(GatewayError);
    return false;
  }
}

const twoDigits = (number: number) => String(number).padStart(2, '0');
const textOf = (year: number, month: number, day: number) =>
  `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}T12:34:56`;

describe('LocalDateTime', () => {
  it('takes exactly the days that the calendar has', () => {
    const year = fc.integer({ min: 1, max: 9999 });
    const number = fc.integer({ min: 0, max: 99 });
    fc.assert(
      fc.property(year, fc.oneof(fc.integer({ min: 0, max: 13 }), number), number, (y, month, day) => {
        const date = new Date(0);
        date.setUTCFullYear(y, month - 1, day);
        const exists =
          date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1 && month <= 12;
        expect(isLocalDateTime(textOf(y, month, day))).toBe(exists);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [2000, true],
    [1900, false],
    [2024, true],
    [2023, false],
    [2100, false],
    [2400, true],
  ])('takes the 29th of February %i: %s', (year, leaps) => {
    expect(isLocalDateTime(textOf(year, 2, 29))).toBe(leaps);
  });

  it.each(['00:00:00', '23:59:59'])('takes %s', (time) => {
    expect(isLocalDateTime(`2025-06-30T${time}`)).toBe(true);
  });

  it.each([
    '24:00:00',
    '23:60:00',
    '23:59:60',
    '1:00:00',
    '01',
    '01:',
    '01:00:',
    '24:00',
    '01:00:00.0',
    '01:00:00Z',
    '01:00:00+00:00',
  ])('refuses %s', (time) => {
    expect(isLocalDateTime(`2025-06-30T${time}`)).toBe(false);
    expect(() => moment.parseValue(`2025-06-30T${time}`)).toThrow(/^LocalDateTime /);
  });

  it('takes a moment without seconds, and adds them', () => {
    expect(moment.parseValue('2026-01-31T23:59')).toBe('2026-01-31T23:59:00');
    expect(moment.parseLiteral({ kind: Kind.STRING, value: '2024-02-29T00:00' })).toBe('2024-02-29T00:00:00');
    expect(() => moment.parseValue('2025-02-29T00:00')).toThrow(GatewayError);
  });

  it.each([
    '2026-01-31T23:59:59Z',
    '2026-01-31T23:59:59.000Z',
    '2026-01-31T23:59:59.123',
    '2026-01-31T23:59Z',
    '2026-01-31T23:59:59+05:30',
    '2026-01-31T23:59:59-0800',
  ])('refuses %s, and says that there is no zone', (text) => {
    expect(() => moment.parseValue(text)).toThrow(/has no time zone.*toISOString/s);
  });

  it.each(['2026-01-31T23:59:60Z', '2026-02-30T00:00:00Z', 'Z', '2026-01-31'])(
    'does not mention zones for %s, which is not a moment even without its zone',
    (text) => {
      expect(() => moment.parseValue(text)).toThrow(/takes a real calendar moment/);
    },
  );

  it.each([1, true, null, {}, [], '', 'now'])('refuses %j as a value, with BAD_USER_INPUT', (value) => {
    expect(() => moment.parseValue(value)).toThrow(GatewayError);
    expect(() => moment.parseValue(value)).toThrow(/LocalDateTime takes/);
  });

  it('returns a moment unchanged', () => {
    expect(moment.parseValue('2025-06-30T01:02:03')).toBe('2025-06-30T01:02:03');
    expect(moment.serialize('2025-06-30T01:02:03')).toBe('2025-06-30T01:02:03');
  });

  it('takes a string literal, and no other literal', () => {
    expect(moment.parseLiteral({ kind: Kind.STRING, value: '2025-06-30T01:02:03' })).toBe(
      '2025-06-30T01:02:03',
    );
    expect(() => moment.parseLiteral({ kind: Kind.INT, value: '2025' })).toThrow(GatewayError);
    expect(() => moment.parseLiteral({ kind: Kind.ENUM, value: 'NOW' })).toThrow(GatewayError);
  });
});

describe('Decimal', () => {
  it.each(['0', '30000.000', '-0.001', '+1.5', '12345678901234567890.123456789', '.5', '5.'])(
    'keeps every digit of %s',
    (text) => {
      expect(decimal.serialize(text)).toBe(text);
      expect(decimal.parseValue(text)).toBe(text);
    },
  );

  it.each(['', '.', '1e5', '1,5', ' 1', '0x1', 'NaN', 1, 1.5, null, true])('refuses %j', (value) => {
    expect(() => decimal.parseValue(value)).toThrow(GatewayError);
  });
});
