/** Which proxy stands before which origin. */

import { describe, expect, it } from 'vitest';
import { type ProxyOptions, proxyFor } from '../../../src/upstream/http/proxy.ts';

const httpProxy = 'http://plain.test:3128';
const httpsProxy = 'http://secure.test:3129';
const both = { httpProxy, httpsProxy };
const choose = (origin: string, options: ProxyOptions) => proxyFor(new URL(origin), options);

describe('proxyFor', () => {
  it.each<[string, ProxyOptions, string | undefined]>([
    ['http://a.test', both, httpProxy],
    ['https://a.test', both, httpsProxy],
    ['https://a.test', { httpProxy }, httpProxy],
    ['https://a.test', { httpProxy, httpsProxy: '' }, httpProxy],
    ['http://a.test', { httpsProxy }, undefined],
    ['http://a.test', { httpProxy: '' }, undefined],
    ['http://a.test', {}, undefined],
  ])('leads %s with %j through %s', (origin, options, proxy) => {
    expect(choose(origin, options)).toBe(proxy);
  });

  it.each([
    ['http://localhost', 'localhost'],
    ['http://127.0.0.1:4001', '127.0.0.1'],
    ['http://[::1]:8080', '::1'],
  ])('makes no exception for %s, unless told to', (origin, host) => {
    expect(choose(origin, both)).toBe(httpProxy);
    expect(choose(origin, { ...both, noProxy: [{ host }] })).toBeUndefined();
  });
});
