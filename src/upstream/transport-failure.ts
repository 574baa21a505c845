/** Why there was no answer at all: undici's and Node's errors in the gateway's words. */

import { GatewayError } from '../errors.ts';

/** undici's codes (docs/api/Errors.md) for an answer that came and is not HTTP; its parser's are HPE_…. */
const notHttp = /^HPE_|^UND_ERR_HEADERS_OVERFLOW$|^UND_ERR_RES_CONTENT_LENGTH_MISMATCH$/;

/** undici's code for a request that it will not send. */
const ownFault = 'UND_ERR_INVALID_ARG';

/**
 * What a call that failed before an answer's headers were there becomes: UPSTREAM_BAD_RESPONSE if something
 * came back that is not HTTP, the error itself if undici refused to send the request, which is a bug of ours,
 * and UPSTREAM_UNAVAILABLE for everything else: refused, reset, unknown host, TLS. Messages name no host; the
 * original error, which does, stays inside as the cause.
 */
export const transportFailure = (cause: unknown): unknown => {
  const code = codeOf(cause);
  if (code === ownFault) return cause;
  return notHttp.test(code)
    ? new GatewayError('UPSTREAM_BAD_RESPONSE', 'Expected an HTTP response, got something else.', { cause })
    : new GatewayError('UPSTREAM_UNAVAILABLE', 'Expected an answer, got no connection to the upstream.', {
        cause,
      });
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
