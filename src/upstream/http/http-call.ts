/** One HTTP call → its raw answer, or why there is none. Knows neither what is asked nor when to ask again. */

import type { Dispatcher } from 'undici';
import { CallFailure } from '../failure.ts';
import type { RawAnswer } from '../rest/decode.ts';
import { maxBodyBytes, readBody } from './body.ts';
import { ConnectFailure, dispatchUnder } from './connector.ts';

/** A call to one path of the upstream. Holds secrets. */
export type HttpCall = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Called with the status as soon as there is one. Must not throw. */
  readonly onStatus?: ((status: number) => void) | undefined;
};

/**
 * What every call says of itself. Without `accept-encoding` every coding would be allowed: RFC 9110, section 12.5.3. Firewalls
 * before REST endpoints often refuse calls without `user-agent`.
 */
export const ownHeaders = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': 'ledger-balance-gateway',
} as const;

/**
 * Makes the call. Never follows a redirect, and tries nothing twice. undici's own time limits are off: the deadline's signal
 * is the only one, so that there is one error.
 * @throws the error of `transportFailure` when there is no answer.
 */
export async function fetchAnswer(undici: Dispatcher, call: HttpCall): Promise<RawAnswer> {
  const { onStatus, signal, ...request } = call;
  const options = { ...request, signal, headersTimeout: 0, bodyTimeout: 0 };
  let response: Dispatcher.ResponseData;
  try {
    response = await dispatchUnder(signal, () => undici.request(options));
  } catch (cause) {
    throw transportFailure(cause);
  }
  const { statusCode, headers, body } = response;
  onStatus?.(statusCode);
  return {
    status: statusCode,
    retryAfter: firstOf(headers['retry-after']),
    date: firstOf(headers['date']),
    body: saysAllByStatus(statusCode)
      ? await skipBody(body)
      : await readBody(body, headers['content-encoding']?.toString()),
  };
}

/** Refused credentials, and too many calls: `decode.ts` and `token.ts` ignore the body. */
function saysAllByStatus(status: number): boolean {
  return status === 401 || status === 403 || status === 429;
}

/** How long the rest of an unread answer may take, in milliseconds, to spare its connection. */
const longestSkipMs = 100;

/** Skips a body. One that is long or does not end in time is cut off, together with its connection. */
async function skipBody(body: Dispatcher.ResponseData['body']): Promise<string> {
  await body.dump({ limit: maxBodyBytes, signal: AbortSignal.timeout(longestSkipMs) }).catch(() => undefined);
  return '';
}

/** A header that should stand once may stand several times. */
function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/**
 * undici's names (docs/api/Errors.md) for an answer that came and is not HTTP. Its parser's errors carry no
 * code in 7.30, so names it is.
 */
const notHttp = new Set(['HTTPParserError', 'HeadersOverflowError', 'ResponseContentLengthMismatchError']);

/** undici's name for a request that it does not send. */
const ownFault = 'InvalidArgumentError';

/**
 * The error of a call that failed before an answer's headers were there: UPSTREAM_BAD_RESPONSE if the answer is not HTTP; the
 * error itself if undici refused to send the request, which is a bug of ours; UPSTREAM_UNAVAILABLE in all other cases.
 * Messages name the cause and no host; the original error, which names it, is the `cause`. Without a connection the call was
 * never sent, and the upstream cannot have counted it.
 */
export function transportFailure(failure: unknown): unknown {
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
}

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
