/** How deep documents nest, as a parser would count: without brackets in strings and comments. */

import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { hasMoreLines, measureText, selectionDepth } from '../../../src/gateway/operation/nesting.ts';

const block = '"""';

describe('the text of a document', () => {
  it.each<[string, number]>([
    ['', 0],
    ['{ a }', 1],
    ['{ a(b: [{ c: 1 }]) { d } e { f } }', 4],
    ['{ a { b } } { c { d } }', 2],
    ['# {{{\n{ a }', 1],
    ['# {{{\r{ a }', 1],
    ['# {{{', 0],
    ['{ a(b: "{{{") }', 2],
    ['{ a(b: "\\\\") { c { d } } }', 3],
    ['{ a(b: "\\"{{{") }', 2],
    ['{ a(b: "") { c { d } } }', 3],
    ['{ a(b: "# ") { c { d } } }', 3],
    ['{ a(b: "never ends\n) { c { d', 3],
    [`{ a(b: ${block} {{{ " "" # \\${block} {{{ ${block}) { c { d } } }`, 3],
    [`{ a(b: ${block}${block}) { c { d } } }`, 3],
    [`{ a(b: ${block} {{{ never ends`, 2],
    ['}}}} {', 0],
  ])('%j nests %i deep', (text, depth) => {
    expect(measureText(text).depth).toBe(depth);
  });

  it('nests equally deep with any strings and comments', () => {
    const quoted = fc.string({ unit: fc.constantFrom(...'{}[]()"\\#a\n') });
    fc.assert(
      fc.property(quoted, quoted, quoted, fc.integer({ min: 1, max: 9 }), (plain, long, comment, depth) => {
        const inBlock = long.replaceAll(block, `\\${block}`).replace(/["\\]+$/, '');
        const text = [
          `{ a(b: ${JSON.stringify(plain)}, c: ${block}${inBlock} ${block})`,
          `# ${comment.replaceAll('\n', '')}`,
          `${'... { '.repeat(depth)} a ${'} '.repeat(depth)} }`,
        ].join('\n');
        parse(text);
        expect(measureText(text).depth).toBe(Math.max(2, depth + 1));
      }),
    );
  });
});

describe('the lines of a document', () => {
  it.each<[string, number]>([
    ['', 1],
    ['{ a }', 1],
    ['\n', 2],
    ['{\n a\n}', 3],
    ['{\r a\r}', 3],
    ['# a\r# b\n{ a }', 3],
    ['\r\n', 3], // It has two, which is near enough for a bound.
  ])('%j has %i', (text, lines) => {
    expect(hasMoreLines(text, lines)).toBe(false);
    expect(hasMoreLines(text, lines - 1)).toBe(true);
  });

  it.each(['\n', '\r', '#\r', '# a\r\n'])(
    'are counted no further than the bound, of 250 KB of %j',
    (line) => {
      const text = line.repeat(250_000 / line.length);
      const search = vi.spyOn(String.prototype, 'indexOf');
      const isLonger = hasMoreLines(text, 1000);
      const searches = search.mock.calls.length;
      search.mockRestore();
      expect(isLonger).toBe(true);
      expect(searches).toBeLessThanOrEqual(1002);
    },
  );
});

describe('the selections of a document', () => {
  const chain = (length: number) =>
    Array.from({ length }, (_, n) => `fragment F${n} on A { ...F${n + 1} }`).join(' ');

  it.each<[string, number]>([
    ['{ a }', 1],
    ['{ a { b } c { d { e } } }', 3],
    ['{ ...A } fragment A on A { b { c } }', 3],
    ['{ a { ...A ...A } } fragment A on A { ...B ...B } fragment B on A { b }', 4],
    ['fragment B on A { b } fragment A on A { ...B } { a { ...A } }', 4],
    ['{ ...Missing }', 1],
    ['{ ...A } fragment A on A { ...A }', 2],
    ['{ a } fragment Unused on A { b { c { d } } }', 3],
  ])('of %s nest %i deep', (text, depth) => {
    expect(selectionDepth(parse(text), 10)).toBe(depth);
  });

  it.each([
    [8, 9],
    [9, 10],
    [10, 11],
    [5000, 11],
  ])('with a chain of %i fragments are counted as %i deep, up to the bound', (length, depth) => {
    const orders = [`{ ...F0 } ${chain(length)}`, `${chain(length)} { ...F0 }`];
    const depths = orders.map((text) => Math.min(11, selectionDepth(parse(text), 10)));
    expect(depths).toEqual([depth, depth]);
  });
});
