/** CORS_ORIGINS takes origins in the spelling of browsers, and nothing that looks like one. */

import { describe, expect, it } from 'vitest';
import { load, problemsOf } from './load.ts';

describe('CORS_ORIGINS', () => {
  it('takes origins, separated by commas', () => {
    const text = 'https://shop.example,http://localhost:5173 , https://[::1]:8443';
    expect(load({ CORS_ORIGINS: text }).corsOrigins).toEqual([
      'https://shop.example',
      'http://localhost:5173',
      'https://[::1]:8443',
    ]);
  });

  it.each([
    '*',
    'null',
    'shop.example',
    'https://*.example',
    'https://shop.example/',
    'https://shop.example/points',
    'https://shop.example?x',
    'https://user@shop.example',
    'https://shop.example:443',
    'https://Shop.example',
    'https://bücher.example',
    'chrome-extension://abcdef',
    'file:///page.html',
    'https://',
    'https://good.example,',
    'https://good.example;https://other.example',
  ])('refuses what no browser sends, or what stands for any page: %s', (text) => {
    const wrong = text.endsWith(',') ? '' : text;
    expect(problemsOf({ CORS_ORIGINS: text })).toEqual([
      `CORS_ORIGINS: got ${JSON.stringify(wrong)}, takes origins as browsers send them, such as \`https://shop.example\`, separated by commas.`,
    ]);
  });
});
