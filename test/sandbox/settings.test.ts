/** The settings of a sandbox. */

import { describe, expect, it } from 'vitest';
import { readSettings, settings } from '../../src/sandbox/settings.ts';

describe('readSettings', () => {
  it('listens on 4010 without any setting', () => {
    expect(readSettings({ PATH: '/bin', SANDBOX_MAX_LIMIT: '' })).toEqual({
      options: { port: 4010 },
      unknown: [],
    });
  });

  it('reads every setting', () => {
    expect(
      readSettings({
        SANDBOX_PORT: '0',
        SANDBOX_HOST: '::1',
        SANDBOX_MAX_LIMIT: '100',
        SANDBOX_OVER_LIMIT: 'reject',
        SANDBOX_CALLS_PER_MINUTE: '100',
        SANDBOX_FAILURE_STATUS: '200',
        SANDBOX_TOKEN_TTL_SECONDS: '5',
      }),
    ).toEqual({
      options: {
        port: 0,
        host: '::1',
        maxLimit: 100,
        overLimit: 'reject',
        callsPerMinute: 100,
        failureStatus: 200,
        tokenTtlSeconds: 5,
      },
      unknown: [],
    });
  });

  it('reports every problem at once, with what it got and what it takes', () => {
    expect(
      readSettings({
        SANDBOX_PORT: '70000',
        SANDBOX_HOST: 'a b',
        SANDBOX_OVER_LIMIT: 'drop',
        SANDBOX_LIMIT: '3',
      }),
    ).toEqual({
      unknown: [expect.stringMatching(/^SANDBOX_LIMIT: there is no such setting/)],
      problems: [
        'SANDBOX_PORT: expected an integer from 0 to 65535, got "70000"',
        'SANDBOX_HOST: expected an address to listen on, got "a b"',
        'SANDBOX_OVER_LIMIT: expected cap or reject, got "drop"',
      ],
    });
  });

  it('lists the settings with their defaults', () => {
    expect(settings).toContainEqual({
      name: 'SANDBOX_OVER_LIMIT',
      takes: 'cap or reject',
      default: 'cap',
    });
  });
});
