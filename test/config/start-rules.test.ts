/** Which upstream answers with whose credentials, and the settings that prevent a start for safety. */

import { describe, expect, it } from 'vitest';
import { type Env, load as loadFrom, problemsOf } from './load.ts';

const url = 'https://upstream.example';
const basic = { UPSTREAM_BASIC_USER: 'till', UPSTREAM_BASIC_PASSWORD: 'pass:word' };
const oauth = { UPSTREAM_OAUTH_KEY: 'k', UPSTREAM_OAUTH_SECRET: 'sec ret' };

const load = (env: Env) => loadFrom(env, { readFile: (path) => `contents of ${path}` });

const variablesOf = (env: Env) => problemsOf(env).map((problem) => problem.split(':')[0]);

describe('modes', () => {
  it('forwards the callers’ credentials when it has none of its own', () => {
    expect(load({ UPSTREAM_URL: url }).upstream).toEqual({ mode: 'forward', url });
  });

  it('uses its own for all callers only when ALLOW_ANONYMOUS says so', () => {
    const env = { UPSTREAM_URL: url, ...basic };
    expect(variablesOf(env)).toEqual(['ALLOW_ANONYMOUS']);
    expect(load({ ...env, ALLOW_ANONYMOUS: 'true' }).upstream).toEqual({
      mode: 'service',
      url,
      basic: { user: 'till', password: 'pass:word' },
    });
  });

  it('takes a key and its secret, from files too, instead of user and password', () => {
    const env = { UPSTREAM_URL: url, ...oauth };
    expect(variablesOf(env)).toEqual(['ALLOW_ANONYMOUS']);
    expect(load({ ...env, ALLOW_ANONYMOUS: 'true' }).upstream).toEqual({
      mode: 'service',
      url,
      oauth: { key: 'k', secret: 'sec ret' },
    });
    const files = {
      UPSTREAM_OAUTH_KEY_FILE: '/k',
      UPSTREAM_OAUTH_SECRET_FILE: '/s',
      ALLOW_ANONYMOUS: 'true',
    };
    expect(load({ UPSTREAM_URL: url, ...files }).upstream).toMatchObject({
      oauth: { key: 'contents of /k', secret: 'contents of /s' },
    });
  });

  it('reads its own credentials from files', () => {
    const env = {
      UPSTREAM_BASIC_USER_FILE: '/u',
      UPSTREAM_BASIC_PASSWORD_FILE: '/p',
      ALLOW_ANONYMOUS: 'true',
    };
    expect(load({ UPSTREAM_URL: url, ...env }).upstream).toMatchObject({
      basic: { user: 'contents of /u', password: 'contents of /p' },
    });
  });

  it.each([
    ['a user without a password', { UPSTREAM_URL: url, UPSTREAM_BASIC_USER: 'u' }, 'UPSTREAM_BASIC_PASSWORD'],
    ['a password without a user', { UPSTREAM_URL: url, UPSTREAM_BASIC_PASSWORD: 'p' }, 'UPSTREAM_BASIC_USER'],
    ['a key without a secret', { UPSTREAM_URL: url, UPSTREAM_OAUTH_KEY: 'k' }, 'UPSTREAM_OAUTH_SECRET'],
    ['a secret without a key', { UPSTREAM_URL: url, UPSTREAM_OAUTH_SECRET: 's' }, 'UPSTREAM_OAUTH_KEY'],
    ['two kinds of credentials', { UPSTREAM_URL: url, ...basic, ...oauth }, 'UPSTREAM_OAUTH_KEY'],
    ['a key and a secret for no endpoint', oauth, 'UPSTREAM_URL'],
    ['credentials for no endpoint', basic, 'UPSTREAM_URL'],
    ['half of them for no endpoint', { UPSTREAM_BASIC_PASSWORD: 'p' }, 'UPSTREAM_URL'],
    [
      'a colon in the user',
      { UPSTREAM_URL: url, ...basic, UPSTREAM_BASIC_USER: 'a:b' },
      'UPSTREAM_BASIC_USER',
    ],
    [
      "the endpoint's whole URL, whose path each call would repeat",
      { UPSTREAM_URL: `${url}/v2/pointsLedger/getCustomerLedgerBalance` },
      'UPSTREAM_URL',
    ],
  ])('refuses %s', (_, env, variable) => {
    expect(variablesOf({ ...env, ALLOW_ANONYMOUS: 'true' })).toContain(variable);
  });

  it('warns of the sandbox in production, which is most likely a mistake', () => {
    expect(load({ NODE_ENV: 'production' }).warnings).toEqual([
      expect.stringMatching(/^UPSTREAM_URL is not set/),
    ]);
  });
});

describe('the upstream’s address', () => {
  it.each([
    'nonsense',
    'https://',
    'ftp://upstream.example',
    'https://user@upstream.example',
    'https://:word@upstream.example',
    'https://upstream.example?key=1',
    'https://upstream.example/?',
    'https://upstream.example#top',
    'https://upstream.example/#',
  ])('is not %s', (address) => {
    expect(variablesOf({ UPSTREAM_URL: address })).toEqual(['UPSTREAM_URL']);
  });

  it.each(['localhost', '127.0.0.1', '127.1', '127.200.3.4', '[::1]', '[0:0:0:0:0:0:0:1]'])(
    'may be plain http: on this machine (%s)',
    (host) => {
      expect(load({ UPSTREAM_URL: `http://${host}:8080` }).upstream.mode).toBe('forward');
    },
  );

  it.each([
    'upstream.example',
    '10.0.0.1',
    '127.0.0.1.example',
    'localhost.example',
    '0.0.0.0',
    '[::2]',
    '1127.0.0.1.x',
  ])('is plain http: elsewhere only when that is allowed (%s)', (host) => {
    expect(variablesOf({ UPSTREAM_URL: `http://${host}` })).toEqual(['UPSTREAM_URL']);
    expect(load({ UPSTREAM_URL: `http://${host}`, UPSTREAM_ALLOW_HTTP: 'true' }).upstream.mode).toBe(
      'forward',
    );
  });
});

describe('settings of later versions', () => {
  it.each([
    'API_KEYS_FILE',
    'JWT_ALGORITHMS',
    'JWT_AUDIENCE',
    'JWT_ISSUER',
    'JWT_JWKS_URL',
    'JWT_SECRET',
    'JWT_SECRET_FILE',
    'POLICY_FILE',
    'TRUSTED_DOCUMENTS',
  ])('%s prevents the start, because safety depends on it', (name) => {
    expect(problemsOf({ [name]: 'x' })).toEqual([
      `${name.replace('SECRET_FILE', 'SECRET')}: not served by this version; unset it.`,
    ]);
  });
});

describe('a file', () => {
  it.each(['UPSTREAM_URL', 'UPSTREAM_CALLS_PER_MINUTE'])(
    'for %s prevents the start: it would be ignored, and the sandbox or no budget would serve',
    (name) => {
      expect(problemsOf({ [`${name}_FILE`]: '/run/secrets/x' })).toEqual([
        `${name}_FILE: got a file, takes the value itself, as ${name}: only secrets can be files.`,
      ]);
      expect(load({ [`${name}_FILE`]: '' }).upstream.mode).toBe('sandbox');
    },
  );
});

describe('what replicas share', () => {
  it.each(['redis://cache', 'rediss://user:w%20rd@cache:6379/3', 'redis://:word@[::1]:6379/'])(
    'is at %s',
    (redis) => {
      const config = load({ REDIS_URL: redis, REPLICAS: '3' });
      expect([config.redisUrl, config.replicas]).toEqual([redis, 3]);
    },
  );

  it.each([
    'http://cache',
    'nonsense',
    'redis://cache/name',
    'redis://:100%@cache',
    'redis://',
    'redis://cache?db=2',
    'redis://cache/2?',
    'rediss://cache/1?ssl_cert_reqs=none',
    'redis://cache/2#x',
    'redis://cache/2#',
  ])('is not at %s', (redis) => {
    expect(variablesOf({ REDIS_URL: redis })).toEqual(['REDIS_URL']);
  });

  it('needs a common secret with an endpoint', () => {
    const env = { UPSTREAM_URL: 'https://upstream.example', REDIS_URL: 'redis://cache' };
    expect(variablesOf(env)).toEqual(['ID_SECRET']);
    expect(load({ ...env, ID_SECRET: 's'.repeat(32) }).redisUrl).toBe('redis://cache');
  });
});

describe('likely mistakes', () => {
  it('cause a warning about a NODE_ENV that only looks like production', () => {
    expect(load({ NODE_ENV: 'prod' }).warnings).toEqual([expect.stringMatching(/^NODE_ENV is "prod"/)]);
    expect(load({ NODE_ENV: 'test' }).warnings).toEqual([]);
  });

  it('cause a warning about a variable that begins like a setting and is none', () => {
    expect(load({ UPSTREAM_TIMEOUT: '5', UPSTREAM_BASIC_PASSWORD_FILE: '' }).warnings).toEqual([
      'UPSTREAM_TIMEOUT is no setting of this gateway and has no effect.',
    ]);
  });

  it('cause a warning about a timeout that a shorter one always comes before', () => {
    const late = { UPSTREAM_TIMEOUT_MS: '3000', OPERATION_TIMEOUT_MS: '2000' };
    expect(load(late).warnings).toEqual([expect.stringMatching(/^UPSTREAM_TIMEOUT_MS has no effect/)]);
    expect(load({ ...late, UPSTREAM_TIMEOUT_MS: '2000' }).warnings).toEqual([]);
    expect(load({ OPERATION_TIMEOUT_MS: '100' }).warnings).toEqual([]);
  });

  it('cause a warning about a previous secret that is the present one', () => {
    const same = { ID_SECRET: 's'.repeat(32), ID_SECRET_PREVIOUS: 's'.repeat(32) };
    expect(load(same).warnings).toEqual([expect.stringMatching(/^ID_SECRET_PREVIOUS has no effect/)]);
    expect(load({ ...same, ID_SECRET_PREVIOUS: 't'.repeat(32) }).warnings).toEqual([]);
  });
});
