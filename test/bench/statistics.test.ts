/** The statistics of the benchmark. */

import { describe, expect, it } from 'vitest';
import { percentileOf, shuffled, spreadOf } from '../../bench/statistics.ts';

describe('spreadOf', () => {
  it('gives the middle and the extremes, whatever the order', () => {
    expect(spreadOf([9, 1, 4])).toEqual({ median: 4, least: 1, greatest: 9 });
  });

  it('takes the mean of the two in the middle of an even number', () => {
    expect(spreadOf([10, 2, 4, 8]).median).toBe(6);
  });

  it('gives no number where there is no value', () => {
    expect(spreadOf([])).toEqual({ median: Number.NaN, least: Number.NaN, greatest: Number.NaN });
  });
});

describe('percentileOf', () => {
  it('counts from the bottom, and takes the greatest for all', () => {
    const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentileOf(hundred, 0.5)).toBe(51);
    expect(percentileOf(hundred, 0.99)).toBe(100);
    expect(percentileOf(hundred, 1)).toBe(100);
  });
});

describe('shuffled', () => {
  it('keeps every value and leaves the given ones as they are', () => {
    const given = [1, 2, 3, 4];
    const draws = [0.9, 0.1, 0.5, 0.2];
    expect(shuffled(given, () => draws.shift() ?? 0)).toEqual([2, 4, 3, 1]);
    expect(given).toEqual([1, 2, 3, 4]);
  });
});
