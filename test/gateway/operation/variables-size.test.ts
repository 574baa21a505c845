/** How much variables hold. */

import { expect, it } from 'vitest';
import { sizeOfValues } from '../../../src/gateway/operation/variables-size.ts';

it.each<[unknown, number, number]>([
  [undefined, 8, 0],
  [null, 8, 0],
  [{}, 8, 0],
  [{ a: 'bc' }, 8 + 1 + 8 + 2, 0],
  [{ a: [1, true, null], b: [[]] }, 16 + 2 + 8 + 24 + 8, 3],
  [{ a: ['', ''] }, 8 + 1 + 8 + 16, 2],
  [JSON.parse('{"__proto__":{"constructor":"x"}}'), 8 + 9 + 8 + 11 + 9, 0],
])('%j holds %i characters, and lists of %i', (values, characters, longestList) => {
  expect(sizeOfValues(values, 1000)).toEqual({ characters, longestList });
});

it('looks no further than asked for, and at any depth', () => {
  const nested = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(sizeOfValues({ nested }, Number.POSITIVE_INFINITY).characters).toBeGreaterThan(800_000);
  expect(sizeOfValues({ nested }, 1000).characters).toBeLessThan(1100);
});
