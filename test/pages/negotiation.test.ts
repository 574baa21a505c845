/** How pages read Accept, Accept-Encoding and If-None-Match. */

import { describe, expect, it } from 'vitest';
import { matchesTag, pickEncoding, wantsHtml } from '../../src/pages/page.ts';

describe('wantsHtml', () => {
  it.each([
    ['text/html,application/xhtml+xml,*/*;q=0.8', true],
    ['TEXT/HTML', true],
    ['*/*', false],
    ['application/json', false],
    ['text/htmlx', false],
    ['text/html;q=0', false],
    ['text/html;q=0, */*', false],
    ['text/html;q=0.5, application/json', false],
    ['application/json, text/html', false],
    ['text/html, application/json', true],
    ['image/png, text/html;q=0.1', true],
    [null, false],
  ])('takes %j for a browser: %s', (accept, expected) => {
    expect(wantsHtml(accept)).toBe(expected);
  });
});

describe('pickEncoding', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP;Q=0.5', 'gzip'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip;q=0', 'identity'],
    ['br;q=much', 'identity'],
    ['identity', 'identity'],
    ['', 'identity'],
    [null, 'identity'],
  ])('answers %j with %s', (header, expected) => {
    expect(pickEncoding(header)).toBe(expected);
  });
});

describe('matchesTag', () => {
  it.each([
    ['"a"', true],
    ['"b", W/"a"', true],
    ['*', true],
    ['"b"', false],
    ['a', false],
    [null, false],
  ])('of %j and the tag "a" is %s', (header, expected) => {
    expect(matchesTag(header, '"a"')).toBe(expected);
  });
});
