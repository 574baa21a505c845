/** What counts as one question. */

import { describe, expect, it } from 'vitest';
import { questionOf } from '../../src/upstream/page-request.ts';
import { pageRequest, questionNumber } from './bodies.ts';

describe('a question', () => {
  it('is the same for all pages of a list, and another for another customer or filter', () => {
    expect(questionOf(pageRequest({ pageNumber: 3, limit: 7 }))).toBe(questionOf(pageRequest()));
    expect(questionOf(questionNumber(1))).not.toBe(questionOf(questionNumber(2)));
    expect(questionOf(pageRequest({ filter: { tillId: '1' } }))).not.toBe(questionOf(pageRequest()));
  });

  it('has a short name, however long its filter is', () => {
    const long = (last: string) => pageRequest({ filter: { currencies: ['c'.repeat(100_000), last] } });
    expect(questionOf(long('a')).length).toBeLessThanOrEqual(200);
    expect(questionOf(long('a'))).toBe(questionOf(long('a')));
    expect(questionOf(long('a'))).not.toBe(questionOf(long('b')));
  });
});
