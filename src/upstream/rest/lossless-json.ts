/** Parses JSON without loss: a number that a double would change becomes the text that was sent. */

import { isJsonObject, type JsonObject } from './shape.ts';

const anyString = /"[^"\\]*(?:\\.[^"\\]*)*"/g;

/** Matches a string or a number. Only for valid JSON, where nothing else starts with a quote, a minus or a digit. */
const stringOrNumber = new RegExp(`${anyString.source}|-?\\d[\\d.eE+-]*`, 'g');

/**
 * Parses JSON as `JSON.parse` does. But a number that JavaScript would print in another way (`12345678901234567890`,
 * `30000.000`, `1e3`, `-0`) becomes a string of the characters that were sent. So `String(value)` is what was sent, for
 * every number. Readers must accept strings and numbers alike.
 *
 * A second pass quotes such numbers, only in texts that may have one. `JSON.parse` reads the original text first, because
 * quotes can make invalid text valid (`{1.0: 2}`).
 *
 * Returns undefined if an object names a member twice. Then it is unclear which balance is meant: `JSON.parse` takes the
 * last one, other parsers the first (RFC 8259, section 4).
 * @throws {SyntaxError} for text that is not JSON.
 */
export function parseLosslessJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  const colons = findColons(text);
  const { members, hasBareNumber } = countMembers(parsed);
  // Each name has a colon, and strings may have more. Names that are repeated make fewer members than names.
  if (colons.count !== members && countNames(text) !== members) return undefined;
  if (!colons.mayLoseDigits && !hasBareNumber) return parsed;
  return JSON.parse(text.replace(stringOrNumber, quoteIfLossy));
}

function quoteIfLossy(token: string): string {
  return token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`;
}

/**
 * Matches a number that a double may change: `-0`, 16 digits in a row, a fraction or an exponent. Integers of up to 15
 * digits are below 2^53 and safe.
 */
const lossyNumber = /\s*(?:-0|-?(?:\d{16}|\d+[.eE]))/y;

/**
 * Counts the colons, also those in strings, and looks for a lossy number after each. One in a string is a false match,
 * which only costs time.
 */
function findColons(text: string): { readonly count: number; readonly mayLoseDigits: boolean } {
  let count = 0;
  let mayLoseDigits = false;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) {
    count += 1;
    const next = text.charCodeAt(at + 1);
    if (next === 0x22 || next > 0x39) continue; // A quote, or what stands behind the digits in ASCII: no number.
    lossyNumber.lastIndex = at + 1;
    mayLoseDigits ||= lossyNumber.test(text);
  }
  return { count, mayLoseDigits };
}

/** Counts the names of members: in valid JSON, each has the only colon that stands outside of strings. */
function countNames(text: string): number {
  return text.replace(anyString, '').split(':').length - 1;
}

/**
 * Counts the members of all objects, and tells whether a number stands outside of them, in an array or alone. Without
 * recursion, because a hostile body may be nested deeper than the stack.
 */
function countMembers(parsed: unknown): { readonly members: number; readonly hasBareNumber: boolean } {
  let members = 0;
  let hasBareNumber = false;
  const open = [parsed];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) for (const element of value) open.push(element);
    else if (isJsonObject(value)) members += openMembers(value, open);
    else hasBareNumber ||= typeof value === 'number';
  }
  return { members, hasBareNumber };
}

/** Adds the arrays and objects in an object to `open`. @returns how many members it has. */
function openMembers(value: JsonObject, open: unknown[]): number {
  let members = 0;
  // Not `Object.values`, which makes an array for each object.
  for (const name in value) {
    members += 1;
    if (typeof value[name] === 'object') open.push(value[name]);
  }
  return members;
}
