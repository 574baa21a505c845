/** How often a document selects one field in one selection. */

import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { mostRepeats } from '../../../src/gateway/operation/repeats.ts';

it.each<[string, number]>([
  ['{ a }', 1],
  ['{ a b: a c: a }', 3],
  ['{ a a a { a } }', 3],
  ['{ a { b b b b } a { b } }', 4],
  ['{ a ... { a ... { a } } }', 3],
  ['{ ...A ...A a } fragment A on Query { a ...B } fragment B on Query { a }', 3],
  ['{ b { ...A } c { ...A } } fragment A on Query { a }', 1],
  ['{ b } fragment Unused on Query { a a }', 2],
  ['{ ...Missing }', 1],
  ['{ x: a x: b x: c }', 3],
  ['{ ...A ...B ...C ...A } fragment A on Q { a } fragment B on Q { b } fragment C on Q { c }', 3],
  ['{ constructor __proto__: toString }', 1],
])('%s: %i times', (text, most) => {
  expect(mostRepeats(parse(text))).toBe(most);
});

it('looks once at fragments that spread each other twice', () => {
  const fragments = Array.from(
    { length: 60 },
    (_, n) => `fragment F${n} on Q { a ...F${n + 1} ...F${n + 1} }`,
  );
  expect(mostRepeats(parse(`{ ...F0 } ${fragments.join(' ')} fragment F60 on Q { a }`))).toBe(61);
});
