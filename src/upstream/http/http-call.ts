/** Makes one HTTP call and returns its answer, or throws why there is none. Knows neither what is asked nor retries. */

import type { Dispatcher } from 'undici';
import { CallFailure } from '../failure.ts';
import type { RawAnswer } from '../rest/decode.ts';
import { bodyCutShort, bodyTooLong, maxBodyBytes, readBody } from './body.ts';
import { ConnectFailure, type Connecting, dispatchAs } from './connector.ts';

/** A call to one path of the upstream. Holds secrets. */
export type HttpCall<Answer> = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the call. Must not have fired yet. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Called with the status as soon as there is one. Must not throw. */
  readonly onStatus?: ((status: number) => void) | undefined;
  /** Called with the answer. What it returns or throws is the outcome of the call. */
  readonly decode: (answer: RawAnswer) => Answer;
  /** Called once, after `decode`, when undici is done with the call and its connection is free. Must not throw. */
  readonly onDone?: () => void;
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
 * Makes the call, once. Never follows a redirect. Rejects with UPSTREAM_TIMEOUT after `timeoutMs`, and with the signal's
 * reason as soon as the signal fires; does not wait for undici then. Leaves neither timer nor listener behind.
 *
 * Uses undici's `dispatch`, because its `request` makes a stream, a signal and an async resource for each call: they took
 * more time than the rest of the call.
 * @throws the error of `transportFailure` if there is no answer.
 */
export function fetchAnswer<Answer>(undici: Dispatcher, call: HttpCall<Answer>): Promise<Answer> {
  const { method, path, headers, body = null, signal, timeoutMs, onStatus, decode, onDone } = call;
  return new Promise((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
    };
    const onEnd = (answer: RawAnswer | undefined, failure?: Error) => {
      settle();
      try {
        if (answer === undefined) reject(transportFailure(failure));
        else resolve(decode(answer));
      } catch (error) {
        reject(error);
      }
      onDone?.();
    };
    const receiver = createReceiver(onStatus, onEnd);
    const connecting: Connecting = { giveUp: undefined };
    const giveUp = (reason: unknown) => {
      settle();
      reject(reason); // Before the call can fail because it is aborted.
      receiver.abort();
      connecting.giveUp?.();
    };
    const leave = () => giveUp(signal.reason);
    const timer = setTimeout(() => giveUp(timedOut(timeoutMs)), timeoutMs);
    signal.addEventListener('abort', leave, { once: true });
    dispatchAs(connecting, () => undici.dispatch({ method, path, headers, body }, receiver.handler));
  });
}

function timedOut(timeoutMs: number): CallFailure {
  return new CallFailure(
    'UPSTREAM_TIMEOUT',
    `Expected the upstream's answer within ${timeoutMs} ms, got none.`,
  );
}

/** Whether the body does not matter, because `decode.ts` and `token.ts` ignore it with these statuses. */
function isBodyIgnored(status: number): boolean {
  return status === 401 || status === 403 || status === 429;
}

/** How long to go on reading a body that does not matter, in milliseconds, so that its connection can be used again. */
const longestSkipMs = 100;

/** undici passes it back to the handler of the aborted call. */
const aborted = new Error('Nobody waits for this answer any more.');

/**
 * Receives one answer. Counts its bytes as they come, whatever Content-Length says, and closes the connection beyond
 * `maxBodyBytes`. Calls `onEnd` once: with the answer, or with the error of a call that failed before headers came.
 */
function createReceiver(
  onStatus: HttpCall<unknown>['onStatus'],
  onEnd: (answer: RawAnswer | undefined, failure?: Error) => void,
): { readonly handler: Dispatcher.DispatchHandler; readonly abort: () => void } {
  let controller: Dispatcher.DispatchController | undefined;
  let isAborted = false;
  let head: Omit<RawAnswer, 'body'> | undefined;
  let contentEncoding = '';
  const chunks: Buffer[] = [];
  let length = 0;
  let timer: NodeJS.Timeout | undefined;

  function abort(): void {
    isAborted = true;
    controller?.abort(aborted);
  }
  function endWith(body: RawAnswer['body']): void {
    if (head !== undefined) onEnd({ ...head, body });
  }

  return {
    abort,
    handler: {
      onRequestStart(started) {
        controller = started;
        if (isAborted) abort();
      },
      onResponseStart(_, status, headers) {
        if (status < 200) return;
        head = { status, retryAfter: firstOf(headers['retry-after']), date: firstOf(headers['date']) };
        contentEncoding = String(headers['content-encoding'] ?? '');
        onStatus?.(status);
        if (isBodyIgnored(status)) timer = setTimeout(abort, longestSkipMs);
      },
      onResponseData(_, chunk) {
        length += chunk.length;
        if (length > maxBodyBytes) abort();
        else chunks.push(chunk);
      },
      onResponseEnd() {
        clearTimeout(timer);
        const body = readBody(joined(chunks), contentEncoding);
        if (body instanceof Promise) void body.then(endWith);
        else endWith(body);
      },
      onResponseError(_, error) {
        clearTimeout(timer);
        if (head === undefined) onEnd(undefined, error);
        else endWith(length > maxBodyBytes ? bodyTooLong() : bodyCutShort(error));
      },
    },
  };
}

/** Copies nothing if there is one chunk, as with most pages. */
function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks;
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks);
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
