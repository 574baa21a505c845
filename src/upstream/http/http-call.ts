/** Makes one HTTP call and returns its answer, or throws why there is none. Knows neither what is asked nor retries. */

import type { Dispatcher } from 'undici';
import { CallFailure } from '../failure.ts';
import type { RawAnswer } from '../rest/decode.ts';
import type { AbortListener, Signal } from '../signal.ts';
import { bodyCutShort, bodyTooLong, maxBodyBytes, readBody } from './body.ts';
import { ConnectFailure, type Connecting, dispatchAs } from './connector.ts';

/** A call to one path of the upstream. Holds secrets. */
export type HttpCall<Answer> = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body?: string;
  /** Ends the call. Must not have fired yet. */
  readonly signal: Signal;
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
export const ownHeaders: readonly string[] = [
  ...['accept', 'application/json'],
  ...['accept-encoding', 'identity'],
  ...['user-agent', 'ledger-balance-gateway'],
];

/**
 * Makes the call, once. Never follows a redirect. Rejects with UPSTREAM_TIMEOUT after `timeoutMs`, and with the signal's
 * reason as soon as the signal fires; does not wait for undici then. Leaves neither timer nor listener behind.
 *
 * Uses undici's `dispatch`, because its `request` makes a stream, a signal and an async resource for each call: they took
 * more time than the rest of the call.
 * @throws the error of `transportFailure` if there is no answer.
 */
export function fetchAnswer<Answer>(undici: Dispatcher, call: HttpCall<Answer>): Promise<Answer> {
  const { method, path, headers, body = null } = call;
  return new Promise((resolve, reject) => {
    dispatchAs(undici, { method, path, headers, body }, new Receiver(call, resolve, reject));
  });
}

/** Whether the body does not matter, because `decode.ts` and `token.ts` ignore it with these statuses. */
const isBodyIgnored = (status: number): boolean => status === 401 || status === 403 || status === 429;

/** How long to go on reading a body that does not matter, in milliseconds, so that its connection can be used again. */
const longestSkipMs = 100;

/** undici passes it back to the handler of the aborted call. */
const aborted = new Error('Nobody waits for this answer any more.');

/**
 * Receives one answer from undici. Counts its bytes as they come, whatever Content-Length says, and closes the connection
 * beyond `maxBodyBytes`. A class, because a closure for each of these functions would be made for each call.
 *
 * Has the functions that undici 7 itself calls (`onConnect`…). It wraps a handler with the newer ones (`onRequestStart`…) in
 * two objects, and makes an object of all headers, of which one or two are read here.
 */
class Receiver<Answer> implements Dispatcher.DispatchHandler, Connecting, AbortListener {
  giveUp: Connecting['giveUp'];
  readonly #call: HttpCall<Answer>;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (reason: unknown) => void;
  #timer: NodeJS.Timeout;
  #abortInUndici: ((reason: Error) => void) | undefined;
  #isAborted = false;
  #head: Omit<RawAnswer, 'body'> | undefined;
  #contentEncoding = '';
  #chunks: Buffer[] | undefined;
  #length = 0;

  constructor(call: HttpCall<Answer>, resolve: (answer: Answer) => void, reject: (reason: unknown) => void) {
    this.#call = call;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => this.#leave(timedOut(call.timeoutMs)), call.timeoutMs);
    call.signal.addEventListener('abort', this);
  }

  handleEvent(): void {
    this.#leave(this.#call.signal.reason);
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abortInUndici = abort;
    if (this.#isAborted) this.#abort();
  }

  onHeaders(status: number, lines: readonly Buffer[]): true {
    if (status < 200) return true;
    const retryAfter = valuesOf(lines, 'retry-after')[0];
    const date = retryAfter === undefined ? undefined : valuesOf(lines, 'date')[0];
    this.#head = { status, retryAfter, date };
    this.#contentEncoding = valuesOf(lines, 'content-encoding').join();
    this.#call.onStatus?.(status);
    if (isBodyIgnored(status)) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#abort(), longestSkipMs);
    }
    return true;
  }

  onData(chunk: Buffer): true {
    this.#length += chunk.length;
    if (this.#length > maxBodyBytes) this.#abort();
    else if (this.#chunks === undefined) this.#chunks = [chunk];
    else this.#chunks.push(chunk);
    return true;
  }

  onComplete(): void {
    const chunks = this.#chunks ?? [];
    // Most pages are one chunk, which needs no copy.
    const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    const body = readBody(bytes, this.#contentEncoding);
    if (body instanceof Promise) void body.then((read) => this.#end(read));
    else this.#end(body);
  }

  onError(error: Error): void {
    if (this.#head !== undefined) {
      this.#end(this.#length > maxBodyBytes ? bodyTooLong() : bodyCutShort(error));
      return;
    }
    this.#settle();
    this.#reject(transportFailure(error));
    this.#call.onDone?.();
  }

  #abort(): void {
    this.#isAborted = true;
    this.#abortInUndici?.(aborted);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    this.#call.signal.removeEventListener('abort', this);
  }

  /** Rejects at once. `onDone` is called later, when undici is done. */
  #leave(reason: unknown): void {
    this.#settle();
    this.#reject(reason); // Before the call can fail because it is aborted.
    this.#abort();
    this.giveUp?.();
  }

  #end(body: RawAnswer['body']): void {
    this.#settle();
    try {
      if (this.#head !== undefined) {
        const { status, retryAfter, date } = this.#head;
        this.#resolve(this.#call.decode({ status, retryAfter, date, body }));
      }
    } catch (error) {
      this.#reject(error);
    }
    this.#call.onDone?.();
  }
}

function timedOut(timeoutMs: number): CallFailure {
  const message = `Expected the upstream's answer within ${timeoutMs} ms, got none.`;
  return new CallFailure('UPSTREAM_TIMEOUT', message);
}

/** The values of a header, which may come several times. `lines`: names and values in turn. */
function valuesOf(lines: readonly Buffer[], header: string): readonly string[] {
  const values: string[] = [];
  for (let at = 0; at < lines.length; at += 2) {
    // Most names have another length, and a text of each would take more time.
    if (lines[at]?.length !== header.length || String(lines[at]).toLowerCase() !== header) continue;
    values.push(lines[at + 1]?.toString('latin1') ?? '');
  }
  return values;
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
  if (name === 'InvalidArgumentError') return cause; // undici's name for a request that it refuses to send.
  if (notHttpNames.has(name)) {
    const message = 'Expected an HTTP response, got something else.';
    return new CallFailure('UPSTREAM_BAD_RESPONSE', message, { cause });
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
