/** Hosts and request targets: which are valid, and that a URL can be made of each that is. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isValidHost, targetOf } from '../../../src/gateway/http/request-target.ts';

describe('a host', () => {
  it.each([
    '',
    'gateway',
    'gateway.example.com',
    'gateway.example.com.:443',
    'my_service:4000',
    '10.0.0.7:4000',
    '[::1]',
    '[2001:db8::1]:4000',
    'h:',
    'a%2Db',
  ])('is %j', (host) => {
    expect(isValidHost(host)).toBe(true);
  });

  it.each([
    ['a b', 'a space'],
    ['x\ty', 'a tab'],
    ['a/b?c', 'a path'],
    ['x#y', 'a fragment'],
    ['\\', 'a path too, to a URL'],
    ['@', 'a user'],
    ['user:secret@h', 'a user'],
    ['[::', 'half an address'],
    ['[v1.x]', 'an address of the future'],
    ['x:99999', 'no such port'],
    ['x:80:80', 'two ports'],
    [':80', 'a port alone'],
    ['a%zz', 'no code'],
    ['a%20b', 'a space in code'],
    ['256.1.1.1', 'no address'],
    ['é', 'another language'],
    ['$' + '{HOST}', 'a setting that was not filled in'],
  ])('is not %j: %s', (host) => {
    expect(isValidHost(host)).toBe(false);
  });
});

describe('a target', () => {
  it.each([
    ['/graphql?query=%', '/graphql?query=%'],
    ['//x', '//x'],
    ['http://gateway.test:80/graphql?a', '/graphql?a'],
    ['HTTPS://gateway.test', '/'],
    ['http://gateway.test?a', '/?a'],
  ])('%s asks for %s', (target, path) => {
    expect(targetOf(target)).toBe(path);
  });

  it.each([
    '*',
    '',
    'graphql',
    'h:80',
    'ftp://h/x',
    'http:///x',
    'http://h:99999/x',
    'http://[::/x',
    'http://u@h/x',
  ])('%j asks for nothing', (target) => {
    expect(targetOf(target)).toBeUndefined();
  });

  it('and a host that are valid make a URL that leads to no other host', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'a1.:[]%/\\@?#*-') }));
    const hosts = fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      text,
    );
    fc.assert(
      fc.property(hosts, fc.oneof(fc.webPath(), text), (host, target) => {
        const path = targetOf(target);
        if (host === '' || !isValidHost(host) || path === undefined) return;
        expect(new URL(`http://${host}${path}`).host).toBe(new URL(`http://${host}`).host);
      }),
    );
  });
});
