/** What counts as one question. */

import { describe, expect, it } from 'vitest';
import type { PageRequest } from '../../../src/upstream/page-request.ts';
import { buildListQuery, questionOf } from '../../../src/upstream/rest/parameters.ts';
import { pageRequest, questionNumber } from '../bodies.ts';

const questionAbout = (request: PageRequest) => questionOf(buildListQuery(request));

describe('a question', () => {
  it('is the same for all pages of a list, and another for another customer or filter', () => {
    expect(questionAbout(pageRequest({ pageNumber: 3, limit: 7 }))).toBe(questionAbout(pageRequest()));
    expect(questionAbout(questionNumber(1))).not.toBe(questionAbout(questionNumber(2)));
    expect(questionAbout(pageRequest({ filter: { tillId: '1' } }))).not.toBe(questionAbout(pageRequest()));
  });

  it('has a short name, however long its filter is', () => {
    const long = (last: string) => pageRequest({ filter: { currencies: ['c'.repeat(100_000), last] } });
    expect(questionAbout(long('a')).length).toBeLessThanOrEqual(200);
    expect(questionAbout(long('a'))).toBe(questionAbout(long('a')));
    expect(questionAbout(long('a'))).not.toBe(questionAbout(long('b')));
  });
});
