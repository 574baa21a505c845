/**
 * Writes JSON with every digit. `JSON.stringify` keeps neither an integer above 2^53 nor trailing zeros, and the
 * endpoint sends both.
 */

const digits = Symbol('digits');

/** A JSON number that is written exactly as spelled. `numeral` makes it. */
export type Numeral = { readonly [digits]: string };

/** What `writeJson` can write. A member with the value `undefined` is left out, as in `JSON.stringify`. */
export type Json =
  | string
  | number
  | boolean
  | null
  | Numeral
  | readonly Json[]
  | { readonly [name: string]: Json | undefined };

/** How much white space stands between tokens: none, or some, as a pretty-printing server sends. */
export type JsonStyle = 'compact' | 'spaced';

const jsonNumber = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/**
 * A number that is written exactly as spelled: every digit and every trailing zero.
 * @throws {TypeError} if the text is no JSON number.
 */
export function numeral(text: string): Numeral {
  if (!jsonNumber.test(text)) throw new TypeError(`expected a JSON number, got ${JSON.stringify(text)}`);
  return { [digits]: text };
}

/** The JSON text of `value`. */
export function writeJson(value: Json, style: JsonStyle = 'compact'): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isNumeral(value)) return value[digits];
  const comma = style === 'spaced' ? ' , ' : ',';
  if (isList(value)) return `[${value.map((element) => writeJson(element, style)).join(comma)}]`;
  return `{${writeMembers(value, style).join(comma)}}`;
}

function writeMembers(object: { readonly [name: string]: Json | undefined }, style: JsonStyle): string[] {
  const colon = style === 'spaced' ? ' : ' : ':';
  return Object.entries(object).flatMap(([name, value]) =>
    value === undefined ? [] : [`${JSON.stringify(name)}${colon}${writeJson(value, style)}`],
  );
}

function isNumeral(value: object): value is Numeral {
  return digits in value;
}

function isList(value: object): value is readonly Json[] {
  return Array.isArray(value);
}
