/** Errors of undici and Node in the gateway's words. */

import { describe, expect, it } from 'vitest';
import { transportFailure } from '../../../src/upstream/http/http-call.ts';

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

  it.each([
    ['ENOTFOUND', /name is not known/],
    ['EAI_AGAIN', /name is not known/],
    ['ECONNREFUSED', /refused the connection/],
    ['ECONNRESET', /ended before the answer/],
    ['UND_ERR_SOCKET', /ended before the answer/],
    ['ETIMEDOUT', /no connection in time/],
    ['UND_ERR_CONNECT_TIMEOUT', /no connection in time/],
    ['EHOSTUNREACH', /network cannot be reached/],
    ['ENETUNREACH', /network cannot be reached/],
    ['CERT_HAS_EXPIRED', /certificate has expired/],
    ['CERT_NOT_YET_VALID', /certificate has expired, or is not valid yet/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate is for another name/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /unknown authority/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /unknown authority/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /unknown authority/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', /unknown authority/],
    ['CERT_REVOKED', /certificate is not accepted/],
    ['EPROTO', /no encrypted connection/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /no encrypted connection/],
    ['PROXY_NO_TUNNEL', /the proxy opened no way/],
    ['ESOMETHING', /out of reach/],
    [undefined, /out of reach/],
  ])('tells what the code %s means, and no host', (code, message) => {
    const failure = transportFailure(Object.assign(named('Error'), { code }));
    expect(failure).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: expect.stringMatching(message),
    });
    expect(String(failure)).not.toContain('127.0.0.1');
  });

  it('reads a thrown value that is no error as an unreachable upstream', () => {
    expect(transportFailure('odd')).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', cause: 'odd' });
  });

  it('leaves a request that undici refuses to send as it is: the fault is ours', () => {
    const cause = named('InvalidArgumentError');
    expect(transportFailure(cause)).toBe(cause);
  });
});
