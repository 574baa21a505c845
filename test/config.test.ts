/** The settings that the environment may have, the configuration that follows, and the problems of a wrong environment. */

import { describe, expect, it } from 'vitest';
import { load, problemsOf } from './config/load.ts';

const secret = 's'.repeat(32);
const url = 'https://upstream.example';

describe('without any setting', () => {
  it('has the defaults of the contract', () => {
    expect(load({})).toEqual({
      production: false,
      preparedOperations: true,
      host: '127.0.0.1',
      port: 4000,
      allowedHosts: undefined,
      corsOrigins: [],
      adminPort: undefined,
      trustedProxies: 0,
      upstream: { mode: 'sandbox' },
      upstreamMaxLimit: 10,
      upstreamFixedPages: false,
      upstreamTimeoutMs: 10_000,
      upstreamRetries: 2,
      upstreamMaxConcurrency: 32,
      upstreamCallsPerMinute: undefined,
      upstreamMaxCredentials: 50_000,
      proxy: { httpProxy: undefined, httpsProxy: undefined, noProxy: undefined },
      idSecret: expect.stringMatching(/^.{32,}$/),
      idSecretPrevious: undefined,
      operationTimeoutMs: 30_000,
      shutdownTimeoutMs: 10_000,
      maxCallsPerOperation: 50,
      maxPageSize: 200,
      maxBodyBytes: 262_144,
      maxOperationSize: 8000,
      maxTokens: 2000,
      maxAliases: 50,
      maxRootFields: 50,
      maxListItems: 200,
      maxVariablesSize: 131_072,
      documentCacheBytes: 67_108_864,
      graphiql: true,
      introspection: true,
      redisUrl: undefined,
      replicas: 1,
      sandboxHost: '127.0.0.1',
      sandboxPort: 4010,
      cacheTtlSeconds: 0,
      cachePastTtlSeconds: 0,
      cacheMaxBytes: 67_108_864,
      receipts: true,
      logLevel: 'info',
      maxConnections: 10_000,
      maxRequestsPerConnection: 32,
      clientStallTimeoutMs: 30_000,
      maxUnreadBytes: 134_217_728,
      overloadLoopDelayMs: 500,
      overloadHeapPercent: 90,
      maxRequestsInFlight: 2000,
      maxBodyBytesInFlight: 67_108_864,
      logBufferBytes: 1_048_576,
      tracesTo: undefined,
      warnings: [],
    });
  });

  it('caches answers on the past as long as others, unless set otherwise', () => {
    expect(load({ CACHE_TTL_SECONDS: '30' }).cachePastTtlSeconds).toBe(30);
    const config = load({ CACHE_TTL_SECONDS: '30', CACHE_PAST_TTL_SECONDS: '0' });
    expect([config.cacheTtlSeconds, config.cachePastTtlSeconds]).toEqual([30, 0]);
  });

  it('is frozen all the way down', () => {
    const config = load({
      UPSTREAM_URL: url,
      UPSTREAM_BASIC_USER: 'u',
      UPSTREAM_BASIC_PASSWORD: 'p',
      ALLOW_ANONYMOUS: 'true',
    });
    if (!('basic' in config.upstream)) throw new Error('Expected service mode.');
    for (const part of [config, config.upstream, config.upstream.basic, config.proxy, config.warnings]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('reads an empty variable as unset', () => {
    expect(
      load({ PORT: '', UPSTREAM_URL: '', ID_SECRET: '', ID_SECRET_FILE: '', HTTPS_PROXY: '', NODE_ENV: '' }),
    ).toEqual(load({}));
  });
});

describe('values', () => {
  it('takes every served setting', () => {
    const config = load({
      HOST: '::',
      PORT: '0',
      ADMIN_PORT: '9464',
      TRUSTED_PROXIES: '10',
      NODE_ENV: 'production',
      UPSTREAM_URL: `${url}/prefix/`,
      UPSTREAM_MAX_LIMIT: '100',
      UPSTREAM_FIXED_PAGES: 'true',
      UPSTREAM_TIMEOUT_MS: '1',
      UPSTREAM_MAX_CONCURRENCY: '1000',
      ID_SECRET: secret,
      ID_SECRET_PREVIOUS: '🔑'.repeat(32),
      OPERATION_TIMEOUT_MS: '2',
      SHUTDOWN_TIMEOUT_MS: '3',
      MAX_CALLS_PER_OPERATION: '4',
      MAX_PAGE_SIZE: '5',
      MAX_BODY_BYTES: '6',
      LOG_LEVEL: 'silent',
      LOG_BUFFER_BYTES: '65536',
      MAX_CONNECTIONS: '20',
      MAX_REQUESTS_PER_CONNECTION: '1',
      CLIENT_STALL_TIMEOUT_MS: '1000',
      MAX_UNREAD_BYTES: '1048576',
      MAX_REQUESTS_IN_FLIGHT: '8',
      MAX_BODY_BYTES_IN_FLIGHT: '65537',
      OVERLOAD_LOOP_DELAY_MS: '50',
      OVERLOAD_HEAP_PERCENT: '51',
      ALLOWED_HOSTS: 'API.example.com., 10.0.0.7,::1',
      HTTP_PROXY: 'http://user:word@proxy.example:3128',
      HTTPS_PROXY: 'https://proxy.example',
      NO_PROXY: '*',
    });
    expect(config).toMatchObject({
      production: true,
      host: '::',
      port: 0,
      allowedHosts: ['api.example.com', '10.0.0.7', '[::1]'],
      adminPort: 9464,
      trustedProxies: 10,
      upstream: { mode: 'forward', url: `${url}/prefix` },
      upstreamMaxLimit: 100,
      upstreamFixedPages: true,
      upstreamTimeoutMs: 1,
      upstreamMaxConcurrency: 1000,
      proxy: {
        httpProxy: 'http://user:word@proxy.example:3128',
        httpsProxy: 'https://proxy.example',
        noProxy: [{ host: '*' }],
      },
      idSecret: secret,
      idSecretPrevious: '🔑'.repeat(32),
      operationTimeoutMs: 2,
      shutdownTimeoutMs: 3,
      maxCallsPerOperation: 4,
      maxPageSize: 5,
      maxBodyBytes: 6,
      logLevel: 'silent',
      logBufferBytes: 65_536,
      maxConnections: 20,
      maxRequestsPerConnection: 1,
      clientStallTimeoutMs: 1000,
      maxUnreadBytes: 1_048_576,
      overloadLoopDelayMs: 50,
      overloadHeapPercent: 51,
      maxRequestsInFlight: 8,
      maxBodyBytesInFlight: 65_537,
      warnings: [],
    });
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PORT', ' 80'],
    ['PORT', '1e3'],
    ['PORT', 'abc'],
    ['ADMIN_PORT', '65536'],
    ['TRUSTED_PROXIES', '11'],
    ['TRUSTED_PROXIES', '10.0.0.0/8'],
    ['HOST', 'a b'],
    ['HOST', 'http://localhost'],
    ['ALLOWED_HOSTS', 'a,,b'],
    ['ALLOWED_HOSTS', 'a:80'],
    ['ALLOWED_HOSTS', '256.1.1.1'],
    ['ALLOWED_HOSTS', 'a b'],
    ['ALLOWED_HOSTS', 'a/b'],
    ['UPSTREAM_MAX_LIMIT', '0'],
    ['UPSTREAM_MAX_LIMIT', '101'],
    ['UPSTREAM_TIMEOUT_MS', '0'],
    ['UPSTREAM_MAX_CONCURRENCY', '99999999999999999999'],
    ['UPSTREAM_FIXED_PAGES', 'yes'],
    ['ALLOW_ANONYMOUS', 'TRUE'],
    ['GRAPHIQL', '1'],
    ['INTROSPECTION', 'on'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_BUFFER_BYTES', '0'],
    ['MAX_CONNECTIONS', '0'],
    ['MAX_REQUESTS_PER_CONNECTION', '0'],
    ['CLIENT_STALL_TIMEOUT_MS', '10'],
    ['MAX_UNREAD_BYTES', '0'],
    ['MAX_REQUESTS_IN_FLIGHT', '0'],
    ['MAX_BODY_BYTES_IN_FLIGHT', '0'],
    ['OVERLOAD_LOOP_DELAY_MS', '0'],
    ['OVERLOAD_HEAP_PERCENT', '101'],
  ])('refuses %s=%s, says what it got and what it takes', (name, value) => {
    expect(problemsOf({ [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name}: got "${value.replace(/[.]/g, '\\.')}", takes .+\\.$`)),
    ]);
  });

  it('cuts a long value in a problem', () => {
    expect(problemsOf({ PORT: '9'.repeat(5000) })[0]).toHaveLength(112);
  });

  it('has all problems at once, each on a line of its own', () => {
    const env = {
      PORT: 'a',
      HOST: ' ',
      LOG_LEVEL: 'b',
      ADMIN_PORT: 'd',
      REPLICAS: 'c',
      UPSTREAM_BASIC_USER: 'u',
    };
    expect(problemsOf(env)).toHaveLength(8);
    expect(() => load(env)).toThrow(/^The settings do not allow a start:\n( {2}\S.*\.\n?){8}$/);
  });

  it('reads the variables of proxies in lower case too, and first, as curl does', () => {
    const { proxy } = load({
      UPSTREAM_URL: url,
      HTTPS_PROXY: 'http://upper',
      https_proxy: 'http://lower',
      no_proxy: 'a',
    });
    expect(proxy).toEqual({ httpProxy: undefined, httpsProxy: 'http://lower', noProxy: [{ host: 'a' }] });
    expect(problemsOf({ https_proxy: 'proxy:3128' })).toEqual([expect.stringMatching(/^https_proxy: /)]);
    expect(problemsOf({ https_proxy: 'no url' })).toEqual([expect.stringMatching(/^https_proxy: /)]);
  });

  it('has no proxy for the sandbox, which is on this machine', () => {
    expect(load({ HTTP_PROXY: 'http://proxy.example' }).proxy.httpProxy).toBeUndefined();
  });

  it.each(['GRAPHIQL', 'INTROSPECTION'] as const)('%s is off in production unless set', (name) => {
    const key = name === 'GRAPHIQL' ? 'graphiql' : 'introspection';
    expect(load({ NODE_ENV: 'production' })[key]).toBe(false);
    expect(load({ NODE_ENV: 'production', [name]: 'true' })[key]).toBe(true);
    expect(load({ [name]: 'false' })[key]).toBe(false);
  });
});
