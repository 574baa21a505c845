/** How much variables hold. */

import { expect, it } from 'vitest';
import { measureValues } from '../../../src/schema/size/field-sizes.ts';

it.each<[unknown, number, number]>([
  [undefined, 64, 0],
  [null, 64, 0],
  [{}, 64, 0],
  [{ a: 'bc' }, 2 * 64 + 3, 0],
  [{ a: [1, true, null], b: [[]] }, 7 * 64 + 2, 3],
  [{ a: ['', ''] }, 4 * 64 + 1, 2],
  [JSON.parse('{"__proto__":{"constructor":"x"}}'), 3 * 64 + 9 + 11 + 1, 0],
])('%j holds %i characters, and lists of %i', (values, characters, longestList) => {
  expect(measureValues(values, 1000)).toMatchObject({ characters, longestList });
});

it('measures all texts and the longest', () => {
  const { texts, longestText } = measureValues({ name: ['abc', { value: 'de' }], other: [7, ''] });
  expect({ texts, longestText }).toEqual({ texts: 5, longestText: 3 });
});

it('counts at any depth, and stops at the bound', () => {
  const nested = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(measureValues({ nested }, Number.POSITIVE_INFINITY).characters).toBeGreaterThan(800_000);
  expect(measureValues({ nested }, 1000).characters).toBeLessThan(1100);
});
