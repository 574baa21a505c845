/**
 * Readers for one member of a parsed JSON body. Each returns the member with its type. Otherwise it throws
 * UPSTREAM_BAD_RESPONSE, which names the member and the kind of its value, never the value.
 */

import { CallFailure } from '../failure.ts';

/** A JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** Whether this is a JSON object, and no array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads an object. */
export function readObject(value: unknown, member: string): JsonObject {
  return isJsonObject(value) ? value : misshapen(value, member, 'an object');
}

/** Reads an array. Its elements may be anything. */
export function readArray(value: unknown, member: string): readonly unknown[] {
  return Array.isArray(value) ? value : misshapen(value, member, 'an array');
}

/** Reads a string, which may be empty. */
export function readText(value: unknown, member: string): string {
  return typeof value === 'string' ? value : misshapen(value, member, 'a string');
}

/** Reads a string or a number, as text. Null if it is absent, null or "". */
export function readOptionalText(value: unknown, member: string): string | null {
  if (value === undefined || value === null || value === '') return null;
  return textOf(value) ?? misshapen(value, member, 'a string');
}

// Constants, because a function that contains a pattern makes an object of it in every call.
const integerForm = /^-?\d+$/;
const countForm = /^\d+$/;
const decimalForm = /^-?\d+(?:\.\d+)?$/;
const exponentForm = /^(-?\d+(?:\.\d+)?)[eE]([+-]?\d+)$/;

/** Reads an integer of any size, a number or a string, as text with every digit. */
export function readInteger(value: unknown, member: string): string {
  const text = textOf(value) ?? '';
  return integerForm.test(text) ? text : misshapen(value, member, 'an integer');
}

/** Reads a count from `least` to 2^53 − 1, a number or a string. */
export function readCount(value: unknown, member: string, least: number): number {
  const text = textOf(value) ?? '';
  const count = Number(text);
  if (countForm.test(text) && count >= least && Number.isSafeInteger(count)) return count;
  return misshapen(value, member, `an integer of at least ${least}`);
}

/** Reads a decimal number, a number or a string, as text in the form of `plainDecimal`. */
export function readDecimal(value: unknown, member: string): string {
  return plainDecimal(textOf(value) ?? '') ?? misshapen(value, member, 'a decimal number');
}

/** The text of a string or a number. `parseLosslessJson` turns some numbers into strings. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Refuses a body because of one member. @throws {CallFailure} UPSTREAM_BAD_RESPONSE, always. */
export function misshapen(value: unknown, member: string, expected: string): never {
  const message = `Expected ${member} to be ${expected}, got ${kindOf(value)}.`;
  throw new CallFailure('UPSTREAM_BAD_RESPONSE', message);
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `another ${typeof value}`;
}

/** More zeros than any balance has. Without a bound, a text of ten characters could become gigabytes of zeros. */
const maxExponent = 100;

/**
 * The decimal without an exponent, with every digit that was sent, trailing zeros included. Java's BigDecimal prints an
 * exponent for very small numbers and after `stripTrailingZeros` (`0E-7`, `3E+4`); it is expanded exactly. Null if the text
 * is no decimal number, or its exponent is beyond ±100.
 */
export function plainDecimal(text: string): string | null {
  if (decimalForm.test(text)) return text;
  const [, digits = '', exponent = ''] = exponentForm.exec(text) ?? [];
  return digits === '' || Math.abs(Number(exponent)) > maxExponent
    ? null
    : movePoint(digits, Number(exponent));
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
