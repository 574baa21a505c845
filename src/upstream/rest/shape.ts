/**
 * Readers for one member of a parsed JSON body. Each returns it in the type asked for, or throws
 * UPSTREAM_BAD_RESPONSE that names its place and kind, never its value. Know nothing of ledgers.
 */

import { CallFailure } from '../failure.ts';

/** A JSON object. */
export type JsonObject = { readonly [name: string]: unknown };

/** Is this a JSON object, and no array? */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object, `null` being none. */
export const readObject = (value: unknown, place: string): JsonObject =>
  isJsonObject(value) ? value : misshapen(value, place, 'an object');

/** An array of anything. */
export const readArray = (value: unknown, place: string): readonly unknown[] =>
  Array.isArray(value) ? value : misshapen(value, place, 'an array');

/** A string, which may be empty. */
export const readText = (value: unknown, place: string): string =>
  typeof value === 'string' ? value : misshapen(value, place, 'a string');

/** A string or null: absent, null and "" mean that there is none. A number counts as its text. */
export const readOptionalText = (value: unknown, place: string): string | null => {
  if (value === undefined || value === null || value === '') return null;
  return textOf(value) ?? misshapen(value, place, 'a string');
};

/** An integer of any size, sent as a number or a string, with every digit kept. */
export const readInteger = (value: unknown, place: string): string => {
  const text = textOf(value) ?? '';
  return /^-?\d+$/.test(text) ? text : misshapen(value, place, 'an integer');
};

/** A count from `least` to 2^53 − 1, sent as a number or a string. */
export const readCount = (value: unknown, place: string, least: number): number => {
  const count = Number(/^\d+$/.exec(textOf(value) ?? '')?.[0] ?? -1);
  if (count >= least && Number.isSafeInteger(count)) return count;
  return misshapen(value, place, `an integer of at least ${least}`);
};

/** The text of a string or a number: in losslessly parsed JSON a number may have become a string. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** Refuses a body for one member of it. @throws {GatewayError} UPSTREAM_BAD_RESPONSE, always. */
export const misshapen = (value: unknown, place: string, expected: string): never => {
  throw new CallFailure(
    'UPSTREAM_BAD_RESPONSE',
    `Expected ${place} to be ${expected}, got ${kindOf(value)}.`,
  );
};

const kindOf = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `another ${typeof value}`;
};
