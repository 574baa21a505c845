/** Shows decimals with every digit that they have. Pure. */

/** A decimal as the gateway sends it: a text, because a number would lose digits. */
export type Decimal = `${number}`;

/**
 * A decimal in the reader's language: "12345.500" becomes "12,345.500". `Intl` takes the text itself and rounds nothing, as
 * it is told to show as many digits as there are.
 */
export function showDecimal(decimal: Decimal, locale?: string): string {
  const digits = decimal.split('.')[1]?.length ?? 0;
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(decimal);
}

/** For labels of charts: without zeros at the end, and a long one with its first digits only: "1,628.5", "12.3M". */
export function showShort(decimal: Decimal, locale?: string): string {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 20 }).format(decimal);
  if (whole.length <= 9) return whole;
  return new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }).format(decimal);
}
