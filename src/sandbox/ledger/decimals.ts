/** Reads and writes amounts of points as whole thousandths in a bigint: the endpoint shows three decimals. */

const pattern = /^(-?)(\d+)(?:\.(\d{1,3}))?$/;

/**
 * The amount in thousandths.
 * @throws {TypeError} if the text is not a plain decimal with at most three decimals.
 */
export function readThousandths(text: string): bigint {
  const parts = pattern.exec(text);
  if (!parts)
    throw new TypeError(`expected a decimal with up to three decimals, got ${JSON.stringify(text)}`);
  const [, sign, whole = '0', fraction = ''] = parts;
  const amount = BigInt(whole + fraction.padEnd(3, '0'));
  return sign === '-' ? -amount : amount;
}

/** The amount with exactly three decimals: 1500n is `"1.500"`. */
export function writeThousandths(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(4, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}
