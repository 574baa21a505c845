/** Errors of undici and Node in the gateway's words. */

import { describe, expect, it } from 'vitest';
import { transportFailure } from '../../src/upstream/transport-failure.ts';

const named = (name: string) => Object.assign(new Error('127.0.0.1:443 said no'), { name });

describe('transportFailure', () => {
  it.each(['HTTPParserError', 'HeadersOverflowError', 'ResponseContentLengthMismatchError'])(
    'takes %s for an answer that makes no sense',
    (name) => {
      const cause = named(name);
      expect(transportFailure(cause)).toMatchObject({ code: 'UPSTREAM_BAD_RESPONSE', cause });
    },
  );

  it.each(['Error', 'SocketError', 'ConnectTimeoutError', 'ClientDestroyedError', 'RequestAbortedError'])(
    'takes %s for an upstream out of reach',
    (name) => {
      const cause = named(name);
      expect(transportFailure(cause)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', cause });
    },
  );

  it('takes what is not even an error for an upstream out of reach', () => {
    expect(transportFailure('odd')).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', cause: 'odd' });
  });

  it('leaves a request that undici refuses to send as it is: the fault is ours', () => {
    const cause = named('InvalidArgumentError');
    expect(transportFailure(cause)).toBe(cause);
  });
});
