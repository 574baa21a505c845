/** How often a document selects one field in one selection. */

import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { measureRepeats } from '../../../src/gateway/operation/repeats.ts';

it.each<[string, number]>([
  ['{ a }', 1],
  ['{ a b: a c: a }', 3],
  ['{ a a a { a } }', 3],
  ['{ a { b b b b } a { b } }', 5],
  ['{ a ... { a ... { a } } }', 3],
  ['{ ...A ...A a } fragment A on Query { a ...B } fragment B on Query { a }', 3],
  ['{ b { ...A } c { ...A } } fragment A on Query { a }', 1],
  ['{ b } fragment Unused on Query { a a }', 2],
  ['{ ...Missing }', 1],
  ['{ x: a x: b x: c }', 3],
  ['{ ...A ...B ...C ...A } fragment A on Q { a } fragment B on Q { b } fragment C on Q { c }', 3],
  ['{ constructor __proto__: toString }', 1],
  ['{ ...constructor ...__proto__ ...toString }', 3],
])('%s: %i times', (text, most) => {
  expect(measureRepeats(parse(text), 100).most).toBe(most);
});

it('measures each fragment once when fragments spread each other twice', () => {
  const fragments = Array.from(
    { length: 60 },
    (_, n) => `fragment F${n} on Q { a ...F${n + 1} ...F${n + 1} }`,
  );
  const { most, comparisons } = measureRepeats(
    parse(`{ ...F0 } ${fragments.join(' ')} fragment F60 on Q { a }`),
    1_000_000,
  );
  expect(most).toBe(61);
  expect(comparisons).toBeLessThan(50_000);
});

it.each<[string, number]>([
  ['{ a b c }', 0],
  ['{ a a a }', 3],
  ['{ x: a x: b }', 1],
  ['{ a { b } a { b } a { b } }', 6],
  ['{ a { b { c } b { c } } a { b { c } } }', 1 + 3 + 3],
  ['{ a { ...A } c { ...A } } fragment A on Q { b b }', 3],
])('%s makes validation compare %i pairs', (text, comparisons) => {
  expect(measureRepeats(parse(text), 100).comparisons).toBe(comparisons);
});

it('stops when there are more comparisons than the bound', () => {
  const level = (text: string) => `a { ${text} } `.repeat(50);
  const { comparisons } = measureRepeats(parse(`{ ${level('b '.repeat(30))} }`), 20_000);
  expect(comparisons).toBeGreaterThan(20_000);
});
