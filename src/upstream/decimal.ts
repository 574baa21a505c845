/** Decimal numbers as text: exact, whatever their length. Knows nothing of what they measure. */

const decimalForm = /^(?<sign>-?)(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:[eE](?<exponent>[+-]?\d+))?$/;

/** More zeros than any balance has; without a bound ten characters could ask for gigabytes of them. */
const maxExponent = 100;

/**
 * The decimal in plain notation with every digit that was sent, trailing zeros included. An exponent, which
 * Java's BigDecimal prints for very small and for stripped numbers (`0E-7`, `3E+4`), is expanded exactly.
 * Null for what is no decimal number, and for exponents beyond ±100.
 */
export const plainDecimal = (text: string): string | null => {
  const parts = decimalForm.exec(text)?.groups;
  if (parts === undefined) return null;
  if (parts['exponent'] === undefined) return text;
  const exponent = Number(parts['exponent']);
  if (Math.abs(exponent) > maxExponent) return null;
  const [whole, fraction] = [parts['whole'] ?? '', parts['fraction'] ?? ''];
  return parts['sign'] + placePoint(whole + fraction, whole.length + exponent);
};

const placePoint = (digits: string, point: number): string => {
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  const fraction = digits.slice(point);
  const whole = digits
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
};
