/** Numbers and spreads for people. Pure. */

import type { Spread } from './statistics.ts';

/** Three digits that count, and no more than two decimals. */
export function shortNumber(value: number): string {
  if (Number.isNaN(value)) return '–';
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** The median, with the least and the greatest in parentheses; a dash when there is no value. */
export function shortSpread({ median, least, greatest }: Spread): string {
  if (Number.isNaN(median)) return shortNumber(median);
  return `${shortNumber(median)} (${shortNumber(least)}–${shortNumber(greatest)})`;
}
