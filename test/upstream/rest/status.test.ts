/** What each status means where the body holds no refusal. */

import { describe, expect, it } from 'vitest';
import { meaningOfStatus, type StatusMeaning } from '../../../src/upstream/rest/refusal.ts';

const meanings: readonly (readonly [StatusMeaning, readonly number[]])[] = [
  ['page', [200]],
  ['odd', [201, 202, 203, 204, 205, 206, 226, 300, 302, 303, 304, 305, 307]],
  ['refused', [301, 308, 400, 402, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418]],
  ['refused', [421, 422, 423, 424, 426, 428, 431, 451, 499]],
  ['failing', [408, 425, 500, 502, 503, 504, 507, 509, 520, 530, 599, 600, 999]],
  ['failing-for-good', [501, 505, 506, 508, 510, 511]],
];

describe('a status', () => {
  it.each(meanings)('means %s: %j', (meaning, statuses) => {
    expect(statuses.map(meaningOfStatus)).toEqual(statuses.map(() => meaning));
  });
});
