/** Media types and the `Accept` header, by the grammar of RFC 9110. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMediaType, preferredType } from '../../../src/gateway/http/media-type.ts';

describe('a media type', () => {
  it.each<[string, string, Record<string, string>]>([
    ['text/html', 'text/html', {}],
    ['Text/HTML;Charset=UTF-8', 'text/html', { charset: 'UTF-8' }],
    ['a/b ; c="d\\"e;f" ;; g=h', 'a/b', { c: 'd"e;f', g: 'h' }],
    ['a/b;', 'a/b', {}],
    ['*/*;q=0.5', '*/*', { q: '0.5' }],
  ])('is read from %s', (text, name, parameters) => {
    expect(parseMediaType(text)).toEqual({ name, parameters: new Map(Object.entries(parameters)) });
  });

  it.each([
    '',
    'a',
    'a/',
    '/b',
    'a /b',
    'a/b c',
    'a/b;c',
    'a/b;c=',
    'a/b;c="d',
    'a/b;c=d;C=e',
    'a/b, c/d',
    'a/b;c = d',
  ])('is not read from %j', (text) => {
    expect(parseMediaType(text)).toBeUndefined();
  });
});

describe('the preferred type', () => {
  const offers = ['application/json', 'text/html'] as const;

  it.each<[string | null, string | undefined]>([
    [null, 'application/json'],
    ['  ', 'application/json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'text/html'],
    ['text/*', 'text/html'],
    ['text/*, text/html;q=0, */*;q=0.1', 'application/json'],
    ['*/*, text/html', 'text/html'],
    ['text/html;q=1.0, application/json;q=1', 'text/html'],
    ['application/json;q=0.001', 'application/json'],
    ['application/json;v=2', undefined],
    ['application/json;q=much', undefined],
    ['application/json;q=-1', undefined],
    ['image/png', undefined],
    ['x;"', undefined],
  ])('of %j is %j', (accept, type) => {
    expect(preferredType(accept, offers)).toBe(type);
  });

  it('is found fast in any text that fits into a header', () => {
    const parts = fc.constantFrom('a/b', ',', ';', 'q=', '0.5', '"', '\\', ' ', '*/*', 'text/html');
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 200 }), (text) => {
        preferredType(text.join('').repeat(20), offers);
      }),
    );
    const startedAt = performance.now();
    for (const text of ['"\\', '\\"', 'a/b;c="', ' ;', 'a/b ', ',']) preferredType(text.repeat(8000), offers);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });
});
