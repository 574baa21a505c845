/** Which proxy stands before which origin. */

import { describe, expect, it } from 'vitest';
import { type ProxyOptions, proxyFor } from '../../src/upstream/proxy.ts';

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

  it.each(['http://localhost', 'http://127.0.0.1:4001', 'http://[::1]:8080'])(
    'makes no exception for %s, unless told to',
    (origin) => {
      expect(choose(origin, both)).toBe(httpProxy);
      expect(choose(origin, { ...both, noProxy: 'localhost,127.0.0.1,[::1]' })).toBeUndefined();
    },
  );

  it.each([
    ['*', 'http://a.test'],
    ['b.test,*', 'http://a.test'],
    ['a.test', 'http://a.test'],
    ['A.Test', 'http://a.test'],
    ['.a.test', 'http://a.test'],
    ['a.test', 'http://b.a.test:8080'],
    ['*.a.test', 'http://b.a.test'],
    ['x , y\ta.test', 'http://a.test'],
    ['a.test:80', 'http://a.test'],
    ['a.test:443', 'https://a.test'],
    ['a.test:8080', 'http://a.test:8080'],
    ['10.0.0.7', 'http://10.0.0.7:1'],
    ['[fd00::1]', 'http://[fd00::1]'],
    ['[fd00::1]:8080', 'http://[fd00::1]:8080'],
  ])('with NO_PROXY=%j meets %s directly', (noProxy, origin) => {
    expect(choose(origin, { ...both, noProxy })).toBeUndefined();
  });

  it.each([
    ['', 'http://a.test'],
    [' , ', 'http://a.test'],
    ['.', 'http://a.test'],
    ['b.test', 'http://a.test'],
    ['a.test', 'http://ba.test'],
    ['b.a.test', 'http://a.test'],
    ['a.test:443', 'http://a.test'],
    ['a.test:8080', 'http://a.test'],
    ['*.a', 'http://a.test'],
  ])('with NO_PROXY=%j does not meet %s directly', (noProxy, origin) => {
    expect(choose(origin, { ...both, noProxy })).toBe(httpProxy);
  });
});
