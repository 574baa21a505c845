/** What the command takes. It refuses everything else with all problems, and shows no secret. */

import { describe, expect, it } from 'vitest';
import { readArguments } from '../../src/verify/arguments.ts';
import { readAccess } from '../../src/verify/settings.ts';

const noFile = () => {
  throw new Error('No files in tests');
};
const url = { UPSTREAM_URL: 'https://upstream.example' };

describe('the arguments', () => {
  it.each([
    ['--mobile 447700900123', { name: 'MOBILE', value: '447700900123', source: 'INSTORE' }],
    ['--email a@example.com --source ALL', { name: 'EMAIL', value: 'a@example.com', source: 'ALL' }],
    ['--external-id=-7', { name: 'EXTERNAL_ID', value: '-7', source: 'INSTORE' }],
    ['--card-number 1 --source LINE', { name: 'CARD_NUMBER', value: '1', source: 'LINE' }],
    ['--card-external-id 1', { name: 'CARD_EXTERNAL_ID', value: '1', source: 'INSTORE' }],
    ['--id 1 --account-id a', { name: 'ID', value: '1', source: 'INSTORE', accountId: 'a' }],
  ])('name the customer: %s', (line, identifier) => {
    expect(readArguments(line.split(' '))).toEqual({ identifier });
  });

  it.each([
    [[], ['Customer: got 0, takes one.']],
    [['--mobile', '447700900123', '--id', '1'], ['Customer: got 2, takes one.']],
    [['--mobile', '447700900123', '--mobile', '2'], ['Customer: got 2, takes one.']],
    [['--mobile', ''], ['--mobile: got nothing, takes a value.']],
    [
      ['--source', 'all'],
      ['Customer: got 0, takes one.', expect.stringMatching(/^--source: takes one of INSTORE/)],
    ],
    [['--id', '1', '--source', 'ALL', '--source', 'LINE'], [expect.stringMatching(/^--source/)]],
    [['--id', '1', '--account-id', ''], ['--account-id: takes one value.']],
    [['447700900123'], [expect.stringMatching(/options with values/)]],
    [['--phone', '447700900123'], [expect.stringMatching(/options with values/)]],
    [['--mobile'], [expect.stringMatching(/options with values/)]],
  ])('%j are refused with all problems, without the customer', (given, problems) => {
    const reading = readArguments(given);
    expect(reading).toEqual({ problems });
    expect(JSON.stringify(reading)).not.toContain('447700900123');
  });
});

describe('the environment', () => {
  const token = { VERIFY_OAUTH_TOKEN: 'never-shown' };

  it('takes the gateway’s settings, and a token endpoint’s key with its secret', () => {
    const env = {
      ...url,
      UPSTREAM_TIMEOUT_MS: '7',
      UPSTREAM_OAUTH_KEY: 'key',
      UPSTREAM_OAUTH_SECRET: 'secret',
    };
    expect(readAccess(env, noFile)).toMatchObject({
      access: { url: url.UPSTREAM_URL, timeoutMs: 7, credentials: { key: 'key', secret: 'secret' } },
    });
  });

  it.each<[Record<string, string>, RegExp[]]>([
    [{}, [/^UPSTREAM_URL: got nothing/, /^Credentials: got none/]],
    [token, [/^UPSTREAM_URL: got nothing/]],
    [{ ...token, UPSTREAM_URL: 'nonsense' }, [/^UPSTREAM_URL: got something that is no URL/]],
    [{ ...token, UPSTREAM_URL: 'http://upstream.example' }, [/^UPSTREAM_URL: got an `http:` URL beyond/]],
    [{ ...url, UPSTREAM_BASIC_USER: 'till' }, [/^UPSTREAM_BASIC_USER and UPSTREAM_BASIC_PASSWORD: got one/]],
    [
      { ...url, UPSTREAM_OAUTH_SECRET: 'never-shown' },
      [/^UPSTREAM_OAUTH_KEY and UPSTREAM_OAUTH_SECRET: got one/],
    ],
    [
      {
        ...url,
        UPSTREAM_BASIC_USER: 'till',
        UPSTREAM_BASIC_PASSWORD: 'never-shown',
        UPSTREAM_OAUTH_KEY: 'key',
        UPSTREAM_OAUTH_SECRET: 'never-shown',
      },
      [/both kinds/],
    ],
    [{ ...url, VERIFY_AUTHORIZATION: 'never-shown\n' }, [/^VERIFY_AUTHORIZATION: got 12 characters/]],
    [{ ...url, VERIFY_OAUTH_TOKEN_FILE: '/never-shown' }, [/^VERIFY_OAUTH_TOKEN_FILE: got one that fails/]],
  ])('%j is refused with all problems', (env, problems) => {
    const reading = readAccess(env, noFile);
    expect(reading).toEqual({ problems: problems.map((problem) => expect.stringMatching(problem)) });
    expect(JSON.stringify(reading)).not.toContain('never-shown');
  });

  it('takes `http:` beyond this machine when that is allowed', () => {
    const env = { ...token, UPSTREAM_URL: 'http://upstream.example', UPSTREAM_ALLOW_HTTP: 'true' };
    expect(readAccess(env, noFile)).toHaveProperty('access');
  });
});
