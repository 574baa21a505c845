/**
 * Decodes an answer of the upstream into a page or "no such customer", or throws the error that it means. Pure. Looks
 * at the body as well as the status, because the upstream refuses with status 200 as well as 400.
 */

import { CallFailure } from '../failure.ts';
import type { PageAnswer } from '../page-request.ts';
import { parseLosslessJson } from './lossless-json.ts';
import { decodePage } from './page.ts';
import type { SentHeaders } from './public-message.ts';
import {
  type FailureContext,
  findRefusal,
  isFailureStatus,
  judgeRefusal,
  meaningOfStatus,
  reportsFailure,
  statusCause,
  upstreamFailure,
} from './refusal.ts';
import { failureRetryAfter, type RetryHeaders, retryAfterSeconds } from './retry-after.ts';
import { isJsonObject } from './shape.ts';

/** An answer that is not decoded yet. `body` is its text, or the error of reading it (incomplete, too long, not UTF-8). */
export type RawAnswer = RetryHeaders & {
  readonly status: number;
  readonly body: string | CallFailure;
};

/** Whose credentials a call was signed with. */
export type CredentialsOwner = 'caller' | 'gateway';

/** What decoding must know of the call. */
export type AnswerContext = {
  readonly credentialsOwner: CredentialsOwner;
  /** Milliseconds since 1970. */
  readonly wallNow: number;
  /** The headers of the call. Their secrets are removed from the upstream's messages. */
  readonly sent: SentHeaders;
};

/**
 * Decodes an answer. The first of these that applies decides: status 401, 403 or 429; a refusal in the body; status
 * 5xx, 408 or 425; an incomplete body; any other status than 200; an unreadable body; the success body.
 * @throws {CallFailure} for every answer but a page and "no such customer", which is null.
 */
export function decodeAnswer(answer: RawAnswer, context: AnswerContext): PageAnswer {
  refuseByStatus(answer, context);
  const body = typeof answer.body === 'string' ? parseBody(answer.body) : answer.body;
  const refusal = findRefusal(body);
  if (refusal === undefined) return decodeSuccess(answer, body, context);
  const error = judgeRefusal(refusal, failureContext(answer, context), context.sent);
  if (error === null) return null;
  throw error;
}

function failureContext(answer: RawAnswer, { wallNow }: AnswerContext): FailureContext {
  return { status: answer.status, retryAfter: failureRetryAfter(answer, wallNow) };
}

function refuseByStatus(answer: RawAnswer, { credentialsOwner, wallNow }: AnswerContext): void {
  const { status } = answer;
  if (status === 401 || status === 403) throw credentialsRefused(status, credentialsOwner);
  if (status === 429) throw rateLimited(retryAfterSeconds(answer, wallNow));
}

/** The error of a 429. */
export function rateLimited(retryAfter: number): CallFailure {
  const message = `The upstream takes no more calls for ${retryAfter} s.`;
  return new CallFailure('RATE_LIMITED', message, { retryAfter });
}

/**
 * The error of a 401 or 403. With the gateway's own credentials, a client does not see which: only the operator can
 * act.
 */
function credentialsRefused(status: 401 | 403, owner: CredentialsOwner): CallFailure {
  if (owner === 'gateway') {
    return new CallFailure('UPSTREAM_UNAUTHORIZED', "The upstream refused the gateway's own credentials.", {
      cause: statusCause(status),
      again: status === 401 ? 'with-new-token' : 'no', // A new token does not help against a 403.
    });
  }
  return status === 401
    ? new CallFailure('UNAUTHENTICATED', 'The upstream refused the credentials, or there were none.')
    : new CallFailure('FORBIDDEN', 'The upstream does not let these credentials see this.');
}

/** The parsed body, or an error if it is no JSON. Leaves out the parser's own message, which quotes the body. */
function parseBody(text: string): unknown {
  try {
    const parsed = parseLosslessJson(text);
    return parsed === undefined ? unexpected('JSON that names a member twice') : parsed;
  } catch {
    const message = 'Expected a JSON body, got something else or half of one.';
    return new CallFailure('UPSTREAM_BAD_RESPONSE', message);
  }
}

function decodeSuccess(answer: RawAnswer, body: unknown, context: AnswerContext): PageAnswer {
  const { status } = answer;
  if (isFailureStatus(status)) throw upstreamFailure(failureContext(answer, context));
  if (body instanceof CallFailure && body.blames === 'upstream') throw body; // Incomplete: the body may have been a refusal.
  const meaning = meaningOfStatus(status);
  if (meaning === 'refused') throw refusedBy(status);
  if (meaning !== 'page') throw unexpected(describeStatus(status), statusCause(status));
  if (body instanceof CallFailure) throw body;
  if (!isJsonObject(body)) throw unexpected('JSON that is no object');
  if (reportsFailure(body)) throw unexpected('errors in an unknown form');
  return decodePage(body, context.sent);
}

/** A refusal by status alone, perhaps by a proxy. The same call would be refused again. */
function refusedBy(status: number): CallFailure {
  const message = `The upstream refused the call with ${describeStatus(status)}.`;
  return new CallFailure('UPSTREAM_REJECTED', message, { cause: statusCause(status), blames: 'edge' });
}

function describeStatus(status: number): string {
  return status >= 300 && status < 400 && status !== 304
    ? `status ${status}, a redirect, which is never followed`
    : `status ${status}`;
}

function unexpected(got: string, cause?: Error): CallFailure {
  return new CallFailure('UPSTREAM_BAD_RESPONSE', `Expected a page with status 200, got ${got}.`, { cause });
}
