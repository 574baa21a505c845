/** The list of hosts that are called without the proxy, from the variable to the choice. */

import { describe, expect, it } from 'vitest';
import { readNoProxy } from '../../src/config/no-proxy.ts';
import { proxyFor } from '../../src/upstream/http/proxy.ts';
import { type Env, load as loadFrom } from './load.ts';

const url = 'https://upstream.example';

const load = (env: Env) => loadFrom({ UPSTREAM_URL: url, ID_SECRET: 's'.repeat(32), ...env });

const httpProxy = 'http://proxy.test:3128';
const choose = (noProxy: string, origin: string) =>
  proxyFor(new URL(origin), { httpProxy, noProxy: readNoProxy(noProxy).entries });

describe('NO_PROXY', () => {
  it.each([
    ['*', 'http://a.test'],
    ['b.test,*', 'http://a.test'],
    ['*:8080', 'http://a.test:8080'],
    ['a.test', 'http://a.test'],
    ['A.Test', 'http://a.test'],
    ['.a.test', 'http://a.test'],
    ['*.a.test', 'http://b.a.test'],
    ['a.test.', 'http://a.test'],
    ['.a.test.', 'http://b.a.test.'],
    ['a.test', 'http://a.test.'],
    ['a.test', 'http://b.a.test:8080'],
    ['x , y\ta.test', 'http://a.test'],
    ['a.test:80', 'http://a.test'],
    ['a.test:443', 'https://a.test'],
    ['a.test.:8080', 'http://a.test:8080'],
    ['*.a.test:8080', 'http://b.a.test:8080'],
    ['my_host', 'http://my_host'],
    ['bücher.example', 'http://bücher.example'],
    ['xn--bcher-kva.example', 'http://bücher.example'],
    ['10.0.0.7', 'http://10.0.0.7:1'],
    ['10.0.0.7:1', 'http://10.0.0.7:1'],
    ['10.0.0.0/8', 'http://10.1.2.3:1'],
    ['10.9.9.9/8', 'http://10.1.2.3'],
    ['127.0.0.1', 'http://127.1'],
    ['localhost,127.0.0.1,::1', 'http://[::1]:8080'],
    ['::1', 'http://[0:0:0:0:0:0:0:1]'],
    ['0:0::1', 'http://[::1]'],
    ['[::1]', 'http://[::1]:8080'],
    ['[FD00::1]:8080', 'http://[fd00::1]:8080'],
    ['fd00::/8', 'http://[fd12::1]'],
    ['127.0.0.1', 'http://[::ffff:127.0.0.1]'],
    ['0.0.0.0/0', 'http://10.1.2.3'],
  ])('%j calls %s directly', (noProxy, origin) => {
    expect(readNoProxy(noProxy).unknown).toEqual([]);
    expect(choose(noProxy, origin)).toBeUndefined();
  });

  it.each([
    ['', 'http://a.test'],
    [' , ', 'http://a.test'],
    ['b.test', 'http://a.test'],
    ['a.test', 'http://ba.test'],
    ['b.a.test', 'http://a.test'],
    ['a.test:443', 'http://a.test'],
    ['a.test:8080', 'http://a.test'],
    ['*:8080', 'http://a.test'],
    ['*.a', 'http://a.test'],
    ['10.0.0.7', 'http://10.0.0.77'],
    ['10.0.0.0/8', 'http://11.1.2.3'],
    ['10.0.0.0/8', 'http://host-10.0.0.1.test'],
    ['::1', 'http://[::2]'],
    ['[::1]:8080', 'http://[::1]'],
    ['localhost', 'http://127.0.0.1'],
  ])('%j calls %s through the proxy', (noProxy, origin) => {
    expect(readNoProxy(noProxy).unknown).toEqual([]);
    expect(choose(noProxy, origin)).toBe(httpProxy);
  });

  it.each([
    '.',
    '*.',
    '**',
    '10.*',
    '*foo.test',
    'a..test',
    '<local>',
    'http://a.test',
    'a.test:',
    'a.test:x',
    'a.test:0',
    'a.test:65536',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/8:80',
    'a.test/8',
    '[a.test]',
    '[10.0.0.7]',
    '[::1',
    '::1%eth0',
    '10.1',
    '0.0.7',
    '0x7f.1',
    '256.0.0.1',
    'a.test/path',
    'a.test/24',
  ])('warns of %j, which has no known form, and uses the rest of the list', (entry) => {
    const { entries, unknown } = readNoProxy(`a.test,${entry}`);
    expect([entries, unknown]).toEqual([[{ host: 'a.test' }], [entry]]);
  });

  it('has a warning at the start where a proxy is used, and the name in lower case goes first', () => {
    const noProxy = { NO_PROXY: '10.*', no_proxy: 'a.test 10.0.*' };
    const { proxy, warnings } = load({ HTTPS_PROXY: httpProxy, ...noProxy });
    expect(proxy.noProxy).toEqual([{ host: 'a.test' }]);
    expect(warnings).toEqual(['NO_PROXY: "10.0.*" is no host, address or block, and has no effect.']);
    expect(load(noProxy).warnings).toEqual([]);
  });
});

describe('ALL_PROXY', () => {
  it('has a warning where no other proxy is set: it has no effect', () => {
    const all = { all_proxy: 'socks5://proxy.test' };
    expect(load(all).warnings).toEqual([expect.stringMatching(/^ALL_PROXY has no effect/)]);
    expect(load({ ...all, HTTP_PROXY: httpProxy }).warnings).toEqual([]);
  });
});
