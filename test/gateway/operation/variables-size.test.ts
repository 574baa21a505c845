/** How much variables hold. */

import { expect, it } from 'vitest';
import { sizeOfValues } from '../../../src/gateway/operation/variables-size.ts';

it.each<[unknown, number]>([
  [undefined, 8],
  [null, 8],
  [{}, 8],
  [{ a: 'bc' }, 11],
  [{ a: [1, true, null] }, 8 + 1 + 8 + 24],
  [JSON.parse('{"__proto__":{"constructor":"x"}}'), 8 + 9 + 8 + 11 + 1],
])('%j holds %i', (values, size) => {
  expect(sizeOfValues(values, 1000)).toBe(size);
});

it('looks no further than asked for, and at any depth', () => {
  const nested = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  expect(sizeOfValues({ nested }, Number.POSITIVE_INFINITY)).toBeGreaterThan(800_000);
  expect(sizeOfValues({ nested }, 1000)).toBeLessThan(1100);
});
