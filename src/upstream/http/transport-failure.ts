/** Why there was no answer at all: undici's and Node's errors in the gateway's words. */

import { CallFailure } from '../failure.ts';
import { ConnectFailure } from './connector.ts';

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
 * and UPSTREAM_UNAVAILABLE for everything else. Messages tell the cause and name no host; the original error,
 * which does, stays inside as the cause. Without a connection the call was never sent: nobody can have counted it.
 */
export const transportFailure = (failure: unknown): unknown => {
  const sent = !(failure instanceof ConnectFailure);
  const cause = sent ? failure : failure.cause;
  const name = cause instanceof Error ? cause.name : '';
  if (name === ownFault) return cause;
  if (notHttp.has(name)) {
    return new CallFailure('UPSTREAM_BAD_RESPONSE', 'Expected an HTTP response, got something else.', {
      cause,
    });
  }
  const message = `Expected an answer, got none: ${reasonOf(cause)}.`;
  return new CallFailure('UPSTREAM_UNAVAILABLE', message, { cause, sent });
};

/** What a code of Node, OpenSSL, undici or the tunnel means; the first pattern that matches. */
const reasons: readonly (readonly [code: RegExp, reason: string])[] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA)$/, "the upstream's name is not known"],
  [/^ECONNREFUSED$/, 'the upstream refused the connection'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET)$/, 'the connection ended before the answer came'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'there was no connection in time'],
  [/^E(HOST|NET)(UNREACH|DOWN)$/, "the upstream's network cannot be reached"],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, "the upstream's certificate has expired, or is not valid yet"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "the upstream's certificate is for another name"],
  [/SELF_SIGNED_CERT|^UNABLE_TO_/, "the upstream's certificate comes from an unknown authority"],
  [/CERT/, "the upstream's certificate is not accepted"],
  [/^(ERR_SSL_\w+|EPROTO)$/, 'no encrypted connection came about'],
  [/^PROXY_NO_TUNNEL$/, 'the proxy opened no way to the upstream'],
];

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return reasons.find(([pattern]) => pattern.test(code))?.[1] ?? 'the upstream is out of reach';
}
