/** The fairness key: what is trusted of X-Forwarded-For, and which addresses are one client's. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairnessKeyOf } from '../../../src/gateway/http/fairness-key.ts';

const peer = '10.0.0.1';
const behind = (trustedProxies: number, forwardedFor: string | null) =>
  fairnessKeyOf({ peer, forwardedFor, trustedProxies });

describe('a client without trusted proxies', () => {
  it('has the address of its connection as its key, whatever it sends', () => {
    expect(behind(0, '203.0.113.9')).toBe(peer);
  });

  it('has no key without a connection', () => {
    expect(fairnessKeyOf({ peer: undefined, forwardedFor: null, trustedProxies: 1 })).toBeUndefined();
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:c000:0201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:2::', '2001:db8:1:2::/64'],
    ['2001:db8::ffff', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ])('at %s has the key %s: the network for IPv6, and one key for all spellings', (address, key) => {
    expect(fairnessKeyOf({ peer: address, forwardedFor: null, trustedProxies: 0 })).toBe(key);
  });
});

describe('a client behind trusted proxies', () => {
  it.each([
    [1, '203.0.113.9', '203.0.113.9'],
    [1, '1.1.1.1, 2.2.2.2,203.0.113.9', '203.0.113.9'],
    [2, '1.1.1.1, 203.0.113.9 , 10.0.0.2', '203.0.113.9'],
    [3, '203.0.113.9,10.0.0.3,10.0.0.2', '203.0.113.9'],
    [2, ', 203.0.113.9, 10.0.0.2', '203.0.113.9'],
    [1, '203.0.113.9:4711', '203.0.113.9'],
    [1, '[2001:db8:1:2::9]:4711', '2001:db8:1:2::/64'],
    [1, '[2001:db8:1:2::9]', '2001:db8:1:2::/64'],
    [1, '2001:db8:1:2::9', '2001:db8:1:2::/64'],
    [1, '::ffff:203.0.113.9', '203.0.113.9'],
  ])(
    'has as its key, behind %i of them, the entry that the outermost one wrote: %s',
    (proxies, forwardedFor, key) => {
      expect(behind(proxies, forwardedFor)).toBe(key);
    },
  );

  it.each([
    ['no header', 1, null],
    ['an empty one', 1, ''],
    ['fewer entries than proxies', 2, '203.0.113.9'],
    ['a name', 1, 'unknown'],
    ['an obfuscated one', 1, '_hidden'],
    ['no address', 1, '203.0.113.999'],
    ['an open bracket', 1, '[2001:db8::1'],
    ['two ports', 1, '203.0.113.9:1:2'],
    ['an empty entry', 1, '203.0.113.9,'],
  ])('has the address of its connection as its key with %s', (_, proxies, forwardedFor) => {
    expect(behind(proxies, forwardedFor)).toBe(peer);
  });

  it('cannot change its key by any header that it sends', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (made, seen) => {
        expect(behind(1, `${made},${seen}`)).toBe(seen);
      }),
    );
  });

  it('has one network as its key for every IPv6 address, without an error', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(behind(1, address)).toMatch(/^([\da-f]{1,4}:){4}:\/64$|^\d+\.\d+\.\d+\.\d+$/);
      }),
    );
  });
});
