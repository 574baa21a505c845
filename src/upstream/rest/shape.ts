/**
 * Readers for one member of a parsed JSON body. Each returns the member in its type, or throws UPSTREAM_BAD_RESPONSE that
 * names the member and its kind, never its value. Know nothing of ledgers.
 */

import { CallFailure } from '../failure.ts';

/** A JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** Is this a JSON object, and no array? */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object, not `null`. */
export function readObject(value: unknown, place: string): JsonObject {
  return isJsonObject(value) ? value : misshapen(value, place, 'an object');
}

/** An array of anything. */
export function readArray(value: unknown, place: string): readonly unknown[] {
  return Array.isArray(value) ? value : misshapen(value, place, 'an array');
}

/** A string, which may be empty. */
export function readText(value: unknown, place: string): string {
  return typeof value === 'string' ? value : misshapen(value, place, 'a string');
}

/** A string, or null when it is absent, null or "". A number counts as its text. */
export function readOptionalText(value: unknown, place: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  return textOf(value) ?? misshapen(value, place, 'a string');
}

/** An integer of any size, sent as a number or a string, with every digit kept. */
export function readInteger(value: unknown, place: string): string {
  const text = textOf(value) ?? '';
  return /^-?\d+$/.test(text) ? text : misshapen(value, place, 'an integer');
}

/** A count from `least` to 2^53 − 1, sent as a number or a string. */
export function readCount(value: unknown, place: string, least: number): number {
  const count = Number(/^\d+$/.exec(textOf(value) ?? '')?.[0] ?? -1);
  if (count >= least && Number.isSafeInteger(count)) return count;
  return misshapen(value, place, `an integer of at least ${least}`);
}

/** A decimal number as `plainDecimal` writes it, sent as a number or a string. */
export function readDecimal(value: unknown, place: string): string {
  return plainDecimal(textOf(value) ?? '') ?? misshapen(value, place, 'a decimal number');
}

/** The text of a string or a number: in losslessly parsed JSON a number may have become a string. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Refuses a body for one member of it. @throws {CallFailure} UPSTREAM_BAD_RESPONSE, always. */
export function misshapen(value: unknown, place: string, expected: string): never {
  throw new CallFailure(
    'UPSTREAM_BAD_RESPONSE',
    `Expected ${place} to be ${expected}, got ${kindOf(value)}.`,
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `another ${typeof value}`;
}

const decimalForm = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** More zeros than any balance has. Without a bound, ten characters could ask for gigabytes of them. */
const maxExponent = 100;

/**
 * The decimal in plain notation with every digit that was sent, trailing zeros included. An exponent, which
 * Java's BigDecimal prints for very small and for stripped numbers (`0E-7`, `3E+4`), is expanded exactly.
 * Null for what is no decimal number, and for exponents beyond ±100.
 */
export function plainDecimal(text: string): string | null {
  if (!decimalForm.test(text)) return null;
  const exponentAt = text.search(/[eE]/);
  if (exponentAt === -1) return text;
  const exponent = Number(text.slice(exponentAt + 1));
  return Math.abs(exponent) > maxExponent ? null : movePoint(text.slice(0, exponentAt), exponent);
}

function movePoint(text: string, places: number): string {
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
}
