/** Retry-After in all its forms. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { failureRetryAfter, retryAfterSeconds } from '../../../src/upstream/rest/retry-after.ts';

const now = Date.UTC(2026, 10, 22, 12, 0, 0);

afterEach(() => {
  vi.unstubAllEnvs();
});

const secondsOf = (retryAfter: string | undefined, clock: number, date?: string) =>
  retryAfterSeconds({ retryAfter, date }, clock);

describe('retryAfterSeconds', () => {
  it.each([
    ['7', 7],
    [' 7 ', 7],
    ['0', 1],
    ['0.2', 1],
    ['1.2', 2],
    ['3600', 3600],
    ['3601', 3600],
    ['9'.repeat(400), 3600],
  ])('reads %s seconds as %i', (header, seconds) => {
    expect(secondsOf(header, now)).toBe(seconds);
  });

  it.each([
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30],
    ['Sunday, 22-Nov-26 12:00:30 GMT', 30],
    ['Sun Nov 22 12:00:30 2026', 30],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 1],
    ['Mon, 23 Nov 2026 12:00:00 GMT', 3600],
  ])('reads the date %s as %i', (header, seconds) => {
    expect(secondsOf(header, now)).toBe(seconds);
  });

  it('reads a date without a zone as GMT, wherever the gateway runs', () => {
    vi.stubEnv('TZ', 'Pacific/Auckland');
    expect(new Date(now).getHours()).not.toBe(12);
    expect(secondsOf('Sun Nov 22 12:00:30 2026', now)).toBe(30);
  });

  it('rounds the time to a date up', () => {
    expect(secondsOf('Sun, 22 Nov 2026 12:00:30 GMT', now + 1)).toBe(30);
    expect(secondsOf('Sun, 22 Nov 2026 12:00:30 GMT', now + 999)).toBe(30);
  });

  it.each([undefined, '', 'soon', '-1', '1e3', 'Sun, 99 Foo 2026 12:00:30 GMT', '2026-11-22', 'Infinity'])(
    'waits a minute on %j',
    (header) => {
      expect(secondsOf(header, now)).toBe(60);
    },
  );

  it.each([
    ['Sun, 22 Nov 2026 11:00:00 GMT', 'Sun, 22 Nov 2026 11:00:30 GMT'],
    ['Sunday, 22-Nov-26 13:00:00 GMT', 'Sunday, 22-Nov-26 13:00:30 GMT'],
    ['Sun Nov 22 13:00:00 2026', 'Sun, 22 Nov 2026 13:00:30 GMT'],
  ])("holds a date against the answer's own, %s, wherever our clock stands", (date, header) => {
    expect(secondsOf(header, now, date)).toBe(30);
  });

  it.each([undefined, '', 'today', 'Sun, 99 Foo 2026 12:00:00 GMT', '1792670400'])(
    'holds a date against our clock when the answer has the date %j',
    (date) => {
      expect(secondsOf('Sun, 22 Nov 2026 12:00:30 GMT', now, date)).toBe(30);
    },
  );
});

describe('failureRetryAfter', () => {
  it.each([
    ['7', 7],
    ['0.2', 1],
    ['9999', 3600],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30],
  ])('reads %s as %i', (retryAfter, seconds) => {
    expect(failureRetryAfter({ retryAfter, date: undefined }, now)).toBe(seconds);
  });

  it.each([undefined, '', 'soon', '0', '-1', 'Sun, 22 Nov 2026 11:00:00 GMT'])(
    'asks for no wait on %j, which names no time to come',
    (retryAfter) => {
      expect(failureRetryAfter({ retryAfter, date: undefined }, now)).toBeUndefined();
    },
  );
});
