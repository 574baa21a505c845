/** JSON that keeps digits. */

import { describe, expect, it } from 'vitest';
import { numeral, writeJson } from '../../../src/sandbox/wire/json-text.ts';

describe('writeJson', () => {
  it('writes what JSON.stringify writes, for values that JSON.stringify can hold', () => {
    const value = { text: 'a "b" \n ü', list: [1, 2.5, true, null, []], nothing: undefined, empty: {} };
    expect(writeJson(value)).toBe(JSON.stringify(value));
  });

  it('keeps every digit and trailing zero of a numeral', () => {
    const value = [numeral('9007199254740993'), numeral('-30000.000')];
    expect(writeJson(value)).toBe('[9007199254740993,-30000.000]');
  });

  it('puts white space around tokens in the spaced style', () => {
    expect(writeJson({ a: [1, 2], b: numeral('3') }, 'spaced')).toBe('{"a" : [1 , 2] , "b" : 3}');
  });

  it.each(['', '01', '1e3', '.5', '1.', 'NaN', '1,2'])('refuses the numeral %j', (text) => {
    expect(() => numeral(text)).toThrow(TypeError);
  });
});
