/** JSON without loss, against texts whose every number is known because the test wrote it. */

import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseLosslessJson } from '../../../src/upstream/rest/lossless-json.ts';
import { anyText } from '../unicode.ts';
import { anyJson, readPlainly } from './plain-json.ts';

/** The promise, for one number: a number if it spells the same, else the text. */
const asWritten = (text: string) => (String(Number(text)) === text ? Number(text) : text);

/** A piece of JSON and what it must be read as. */
type Written = { readonly text: string; readonly value: unknown };

const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 });
const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });
const wholeDigits = fc.oneof(
  fc.constant('0'),
  fc.constantFrom('9007199254740991', '9007199254740992', '9007199254740993', '999999999999999'),
  fc.tuple(fc.constantFrom(...'123456789'), digits(0, 20)).map((parts) => parts.join('')),
);
const fractionDigits = digits(1, 20).map((fraction) => `.${fraction}`);
const exponent = fc.tuple(fc.constantFrom('e', 'E', 'e+', 'E-'), digits(1, 3)).map((parts) => parts.join(''));
const orNothing = (arbitrary: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), arbitrary);
const source = fc
  .tuple(orNothing(fc.constant('-')), wholeDigits, orNothing(fractionDigits), orNothing(exponent))
  .map((parts) => parts.join(''));

const number = source.map((text): Written => ({ text, value: asWritten(text) }));
const trickyText = fc.constantFrom('1.50', ': 1.50,', '\\', '"', '\\": 1.0', '[12345678901234567890]', '-0');
const string = fc
  .oneof(anyText(), trickyText, source)
  .map((value): Written => ({ text: JSON.stringify(value), value }));
const word = fc.constantFrom(true, false, null).map((value): Written => ({ text: String(value), value }));

const { tree } = fc.letrec<{ tree: Written; list: Written; record: Written }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, number, string, word, tie('list'), tie('record')),
  list: fc.tuple(fc.array(tie('tree'), { maxLength: 5 }), space).map(([members, gap]) => ({
    text: `[${gap}${members.map(({ text }) => gap + text + gap).join(',')}]`,
    value: members.map(({ value }) => value),
  })),
  record: fc
    .tuple(fc.array(fc.tuple(trickyText, tie('tree')), { maxLength: 5 }), space)
    .map(([members, gap]) => ({
      text: `{${gap}${members
        .map(([name, { text }], index) => `${JSON.stringify(name + index)}${gap}:${gap}${text}${gap}`)
        .join(',')}}`,
      value: Object.fromEntries(members.map(([name, { value }], index) => [name + index, value])),
    })),
}));

describe('parseLosslessJson', () => {
  it.each([
    ['{"a":12345678901234567890}', { a: '12345678901234567890' }],
    ['{"a":9007199254740993}', { a: '9007199254740993' }],
    ['{"a":9007199254740991}', { a: 9007199254740991 }],
    ['{"a":30000.000}', { a: '30000.000' }],
    ['{"a":30000.5}', { a: 30000.5 }],
    ['{"a" \n:\t -0.10 }', { a: '-0.10' }],
    ['[1e3,1E-7,-0,0,1.0]', ['1e3', '1E-7', '-0', 0, '1.0']],
    ['[-9007199254740993]', ['-9007199254740993']],
    ['12345678901234567890', '12345678901234567890'],
    [' 1.0', '1.0'],
    ['{"a":"x 1.0, \\"y\\": 2.0","b":2.0}', { a: 'x 1.0, "y": 2.0', b: '2.0' }],
    ['{"a\\\\":1.0}', { 'a\\': '1.0' }],
    ['{"1.0":1.0}', { '1.0': '1.0' }],
    ['{"a":"1234567890123456"}', { a: '1234567890123456' }],
  ])('reads %s digit by digit', (text, value) => {
    expect(parseLosslessJson(text)).toEqual(value);
  });

  it.each([
    '{1.0:2}',
    '{"a":1.0',
    '[01.0]',
    '[1.]',
    '[.5]',
    '[+1.0]',
    '[1.0 1.0]',
    '1.0"a"',
    "{'a':1.0}",
    '',
  ])('refuses %s, which is not JSON', (text) => {
    expect(() => parseLosslessJson(text)).toThrow(SyntaxError);
  });

  it('parses once a text whose long numbers stand in strings alone', () => {
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => void parse.mockRestore());
    const text = '{"id":"1234567890123456","name":"A 12345678901234567 B","a":999999999999999,"b":-1}';
    expect(parseLosslessJson(text)).toEqual({
      id: '1234567890123456',
      name: 'A 12345678901234567 B',
      a: 999999999999999,
      b: -1,
    });
    expect(parse).toHaveBeenCalledOnce();
  });

  it('gives every number back as it was written, and leaves strings alone', () => {
    fc.assert(
      fc.property(tree, space, ({ text, value }, gap) => {
        expect(parseLosslessJson(gap + text + gap)).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it('reads any text as a slow reader without shortcuts does', () => {
    fc.assert(
      fc.property(anyJson, anyJson, (text, other) => {
        for (const each of [text, `{"x":${text},"y" : ${other}}`]) {
          expect(parseLosslessJson(each)).toEqual(readPlainly(each));
        }
      }),
      { seed: 8259, numRuns: 2000 },
    );
  });

  it('takes what JSON.parse takes and nothing else, also when characters are lost', () => {
    const damaged = fc.tuple(tree, fc.nat(), fc.nat({ max: 2 })).map(([{ text }, at, length]) => {
      const start = at % (text.length + 1);
      return text.slice(0, start) + text.slice(start + length);
    });
    fc.assert(
      fc.property(damaged, (text) => {
        expect(accepts(() => parseLosslessJson(text))).toBe(accepts(() => JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['backslashes', `["${'\\\\'.repeat(400_000)}",1.50]`],
    ['one long string', `["${'a'.repeat(1_000_000)}",1.50]`],
    ['brackets', `[1.50,${'['.repeat(400_000)}${']'.repeat(400_000)}]`],
    ['digits', `[${'1'.repeat(1_000_000)}]`],
    ['spaces and colons', `["${': '.repeat(400_000)}",1.50]`],
  ])('reads a megabyte of %s in a time that grows with its length, as the plain parser does', (_, text) => {
    const plainMs = millisecondsFor(() => JSON.parse(text));
    const losslessMs = millisecondsFor(() => expect(Array.isArray(parseLosslessJson(text))).toBe(true));
    expect(losslessMs).toBeLessThan(10 * plainMs + 1000); // Were it quadratic, it would be minutes.
  });
});

const millisecondsFor = (work: () => unknown): number => {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
};

const accepts = (parse: () => unknown): boolean => {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
};

describe('a member that is named twice', () => {
  const repeats = (text: string) => parseLosslessJson(text) === undefined;

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"a":1}',
    '[{"b":{"a" : [] ,"c":{},"a"\n:\t{}}}]',
    '{"a":1,"\\u0061":2}',
    '{"\\\\":1,"\\u005c":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
    '{"a":"\\\\","a":"\\""}',
  ])('is true of %s', (text) => {
    expect(repeats(text)).toBe(true);
  });

  it.each([
    '{"a":1,"b":{"a":2}}',
    '[{"a":1},{"a":1}]',
    '{"a":":","b":"\\":\\"","c":"{\\"c\\":1}"}',
    '{"a":"\\\\","b":"x\\\\\\":"}',
    '{"a":["b","c" ,"d"]}',
    '"a"',
    '5',
    'null',
    '{"__proto__":{"a":1},"constructor":2}',
    '{"a":1,"A":2}',
  ])('is false of %s', (text) => {
    expect(repeats(text)).toBe(false);
  });

  it('is false of any JSON, until a member is written twice', () => {
    fc.assert(
      fc.property(tree, trickyText, ({ text }, name) => {
        expect(repeats(text)).toBe(false);
        const member = `${JSON.stringify(name)} : ${text}`;
        expect(repeats(`{${member},${member}}`)).toBe(true);
      }),
    );
  });

  it('is quick and needs no deep stack, whatever the text', () => {
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
    const slashes = `{"a":":${'\\'.repeat(500_000)}","b":"${'\\"'.repeat(200_000)}"}`;
    const colons = `["${':'.repeat(1_000_000)}"]`;
    const startedAt = performance.now();
    expect([deep, slashes, colons].map(repeats)).toEqual([false, false, false]);
    expect(performance.now() - startedAt).toBeLessThan(2000); // Takes 90 ms; squared it would take minutes.
  });
});
