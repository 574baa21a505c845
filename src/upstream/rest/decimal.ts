/** Decimal numbers as text: exact, whatever their length. Knows nothing of what they measure. */

const decimalForm = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** More zeros than any balance has; without a bound ten characters could ask for gigabytes of them. */
const maxExponent = 100;

/**
 * The decimal in plain notation with every digit that was sent, trailing zeros included. An exponent, which
 * Java's BigDecimal prints for very small and for stripped numbers (`0E-7`, `3E+4`), is expanded exactly.
 * Null for what is no decimal number, and for exponents beyond ±100.
 */
export const plainDecimal = (text: string): string | null => {
  if (!decimalForm.test(text)) return null;
  const exponentAt = text.search(/[eE]/);
  if (exponentAt === -1) return text;
  const exponent = Number(text.slice(exponentAt + 1));
  return Math.abs(exponent) > maxExponent ? null : movePoint(text.slice(0, exponentAt), exponent);
};

const movePoint = (text: string, places: number): string => {
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.replace(/[-.]/g, '');
  const point = text.replace(/^-|\..*/g, '').length + places;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const whole = digits
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
  const fraction = digits.slice(point);
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`);
};
