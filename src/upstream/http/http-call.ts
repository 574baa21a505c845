/** Makes one HTTP call and returns its raw answer, or throws why there is none. Knows neither what is asked nor retries. */

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
 * Headers of every call. Without `accept-encoding` the upstream could use any coding (RFC 9110, section 12.5.3). Firewalls
 * often refuse calls without `user-agent`.
 */
export const ownHeaders = {
  accept: 'application/json',
  'accept-encoding': 'identity',
  'user-agent': 'ledger-balance-gateway',
} as const;

/**
 * Makes the call, once. Never follows a redirect. undici's own timeouts are off, so that only the signal ends a call,
 * always with the same error.
 * @throws the error of `transportFailure` if there is no answer.
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
    body: isBodyIgnored(statusCode)
      ? await skipBody(body)
      : await readBody(body, headers['content-encoding']?.toString()),
  };
}

/** Whether the body does not matter, because `decode.ts` and `token.ts` ignore it with these statuses. */
function isBodyIgnored(status: number): boolean {
  return status === 401 || status === 403 || status === 429;
}

/** How long to go on reading a body that does not matter, in milliseconds, so that its connection can be used again. */
const longestSkipMs = 100;

/** Reads a body and drops it. If it is long or does not end in time, its connection is closed. */
async function skipBody(body: Dispatcher.ResponseData['body']): Promise<string> {
  await body.dump({ limit: maxBodyBytes, signal: AbortSignal.timeout(longestSkipMs) }).catch(() => undefined);
  return '';
}

/** The first value of a header that may come several times, against the standard. */
function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/**
 * undici's names (docs/api/Errors.md) for errors about an answer that is not HTTP. In 7.30 the parser's errors have no
 * code, only a name.
 */
const notHttpNames = new Set([
  'HTTPParserError',
  'HeadersOverflowError',
  'ResponseContentLengthMismatchError',
]);

/** undici's name for the error of a request that it refuses to send. */
const invalidRequestName = 'InvalidArgumentError';

/**
 * The error of a call that failed before the headers of its answer came. UPSTREAM_BAD_RESPONSE if the answer is not
 * HTTP; the error itself if undici refused to send the request, which is a bug of ours; UPSTREAM_UNAVAILABLE in all
 * other cases. Its message says why but names no host. The original error, which may, is the `cause`. A call without a
 * connection was never sent, so the upstream cannot have counted it.
 */
export function transportFailure(failure: unknown): unknown {
  const sent = !(failure instanceof ConnectFailure);
  const cause = sent ? failure : failure.cause;
  const name = cause instanceof Error ? cause.name : '';
  if (name === invalidRequestName) return cause;
  if (notHttpNames.has(name)) {
    return new CallFailure('UPSTREAM_BAD_RESPONSE', 'Expected an HTTP response, got something else.', {
      cause,
    });
  }
  const message = `Expected an answer, got none: ${reasonOf(cause)}.`;
  return new CallFailure('UPSTREAM_UNAVAILABLE', message, { cause, sent });
}

/** What the error codes of Node, OpenSSL, undici and the tunnel mean. The first pattern that matches counts. */
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
