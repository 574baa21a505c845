/** Who calls, by address: what is believed of X-Forwarded-For, and which addresses are one client's. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callerSubject } from '../../../src/gateway/http/fairness-key.ts';

const peer = '10.0.0.1';
const behind = (trustedProxies: number, forwardedFor: string | null) =>
  callerSubject({ peer, forwardedFor, trustedProxies });

describe('a client without trusted proxies', () => {
  it('is its connection, whatever it says of itself', () => {
    expect(behind(0, '203.0.113.9')).toBe(peer);
  });

  it('is unknown without a connection', () => {
    expect(callerSubject({ peer: undefined, forwardedFor: null, trustedProxies: 1 })).toBeUndefined();
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
  ])('at %s is %s: by network for IPv6, and one in all spellings', (address, subject) => {
    expect(callerSubject({ peer: address, forwardedFor: null, trustedProxies: 0 })).toBe(subject);
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
  ])('%i of them, is the entry that the outermost has written: %s', (proxies, forwardedFor, subject) => {
    expect(behind(proxies, forwardedFor)).toBe(subject);
  });

  it.each([
    ['no header', 1, null],
    ['an empty one', 1, ''],
    ['fewer entries than proxies', 2, '203.0.113.9'],
    ['a name', 1, 'unknown'],
    ['an obfuscated one', 1, '_hidden'],
    ['what is no address', 1, '203.0.113.999'],
    ['an open bracket', 1, '[2001:db8::1'],
    ['two ports', 1, '203.0.113.9:1:2'],
    ['an empty entry', 1, '203.0.113.9,'],
  ])('is the connection with %s', (_, proxies, forwardedFor) => {
    expect(behind(proxies, forwardedFor)).toBe(peer);
  });

  it('cannot change who it is by anything that it sends itself', () => {
    fc.assert(
      fc.property(fc.string(), fc.ipV4(), (made, seen) => {
        expect(behind(1, `${made},${seen}`)).toBe(seen);
      }),
    );
  });

  it('is one network for every IPv6 address, without an error', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(behind(1, address)).toMatch(/^([\da-f]{1,4}:){4}:\/64$|^\d+\.\d+\.\d+\.\d+$/);
      }),
    );
  });
});
