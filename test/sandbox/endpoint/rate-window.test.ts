/** The rate limit counts over a sliding minute, for each credential apart. */

import { describe, expect, it } from 'vitest';
import { createRateWindow } from '../../../src/sandbox/endpoint/rate-window.ts';

describe('createRateWindow', () => {
  it('admits its limit in any 60 seconds, and says when the next call is admitted', () => {
    let moment = 0;
    const rate = createRateWindow(2, () => moment);
    expect(rate.admit('a').admitted).toBe(true);
    moment = 30_500;
    expect(rate.admit('a').admitted).toBe(true);
    expect(rate.admit('a')).toEqual({ admitted: false, retryAfterSeconds: 30 });
    moment = 59_999;
    expect(rate.admit('a')).toEqual({ admitted: false, retryAfterSeconds: 1 });
    moment = 60_000;
    expect(rate.admit('a').admitted).toBe(true);
    expect(rate.admit('a')).toEqual({ admitted: false, retryAfterSeconds: 31 });
  });

  it('counts credentials apart', () => {
    const rate = createRateWindow(1, () => 0);
    expect(rate.admit('a').admitted).toBe(true);
    expect(rate.admit('b').admitted).toBe(true);
    expect(rate.admit('a').admitted).toBe(false);
  });

  it('forgets all when cleared', () => {
    const rate = createRateWindow(1, () => 0);
    rate.admit('a');
    rate.clear();
    expect(rate.admit('a').admitted).toBe(true);
  });

  it('admits all without a limit', () => {
    const rate = createRateWindow(Number.POSITIVE_INFINITY, () => 0);
    expect(Array.from({ length: 500 }, () => rate.admit('a').admitted)).not.toContain(false);
  });
});
