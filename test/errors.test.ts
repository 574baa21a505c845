/** Failures as values. */

import { describe, expect, it } from 'vitest';
import { asError, attempt } from '../src/errors.ts';

describe('an attempt', () => {
  it('gives what the function returns, or the very error that it throws', () => {
    const error = new RangeError('too far');
    expect(attempt(() => 1)).toBe(1);
    expect(
      attempt(() => {
        throw error;
      }),
    ).toBe(error);
  });
});

describe('a thrown value that is no error', () => {
  it('becomes the cause of one', () => {
    expect(asError('a text')).toMatchObject({ message: 'Expected a thrown error', cause: 'a text' });
  });
});
