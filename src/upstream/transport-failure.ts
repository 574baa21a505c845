/** Why there was no answer at all: undici's and Node's errors in the gateway's words. */

import { GatewayError } from '../errors.ts';
import { isConnectFailure } from './connector.ts';

/**
 * undici's names (docs/api/Errors.md) for an answer that came and is not HTTP. Its parser's errors carry no
 * code in 7.30, so names it is.
 */
const notHttp = new Set(['HTTPParserError', 'HeadersOverflowError', 'ResponseContentLengthMismatchError']);

/** Its name for a request that it will not send. */
const ownFault = 'InvalidArgumentError';

/**
 * What a call that failed before an answer's headers were there becomes: UPSTREAM_BAD_RESPONSE if something
 * came back that is not HTTP, the error itself if undici refused to send the request, which is a bug of ours,
 * and UPSTREAM_UNAVAILABLE for everything else: refused, reset, unknown host, TLS. Messages name no host; the
 * original error, which does, stays inside as the cause.
 */
export const transportFailure = (cause: unknown): unknown => {
  const name = cause instanceof Error ? cause.name : '';
  if (name === ownFault) return cause;
  return notHttp.has(name)
    ? new GatewayError('UPSTREAM_BAD_RESPONSE', 'Expected an HTTP response, got something else.', { cause })
    : new GatewayError(
        'UPSTREAM_UNAVAILABLE',
        'Expected an answer, got none: the upstream is out of reach.',
        {
          cause,
        },
      );
};

/** Whether a call failed, as told by `transportFailure`, before there was a connection: nobody can have counted it. */
export function isUnsent(error: unknown): boolean {
  return error instanceof GatewayError && isConnectFailure(error.cause);
}
