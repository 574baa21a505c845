/**
 * One answer of the upstream → a page, "no such customer", or the error it means. Pure. Judges by the body and not by the
 * status alone, because the upstream refuses with status 200 as well as 400.
 */

import { CallFailure } from '../failure.ts';
import type { PageAnswer } from '../page-request.ts';
import { parseLosslessJson, repeatsMember } from './lossless-json.ts';
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

/** An answer as it came: `body` is its text, or why there is none (cut short, too long, not UTF-8). */
export type RawAnswer = RetryHeaders & {
  readonly status: number;
  readonly body: string | CallFailure;
};

/** Whose credentials a call was signed with: the caller's own, or the gateway's. */
export type CredentialsOwner = 'caller' | 'gateway';

/** The facts of a call that its answer is judged by. */
export type AnswerContext = {
  readonly credentialsOwner: CredentialsOwner;
  /** Milliseconds since 1970. */
  readonly wallNow: number;
  /** The call's headers: their secrets are taken out of the upstream's own words. */
  readonly sent: SentHeaders;
};

/**
 * Judges in this order: 401, 403 and 429 by their status, whatever the body; a refusal in the body, whatever
 * the status; 5xx, 408 and 425; a body that was cut short; other statuses than 200; a body that could not be read; the
 * success shape.
 * @throws {CallFailure} for all but a page and "no such customer", which is null.
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

/** The upstream's own 429. */
export function rateLimited(retryAfter: number): CallFailure {
  return new CallFailure('RATE_LIMITED', `The upstream takes no more calls for ${retryAfter} s.`, {
    retryAfter,
  });
}

/** The gateway's own credentials are the operator's matter: a client does not see whether it was 401 or 403. */
function credentialsRefused(status: 401 | 403, owner: CredentialsOwner): CallFailure {
  if (owner === 'gateway') {
    return new CallFailure('UPSTREAM_UNAUTHORIZED', "The upstream refused the gateway's own credentials.", {
      cause: statusCause(status),
      again: status === 401 ? 'with-new-token' : 'no', // A newer token does not mend a 403.
    });
  }
  return status === 401
    ? new CallFailure('UNAUTHENTICATED', 'The upstream refused the credentials, or there were none.')
    : new CallFailure('FORBIDDEN', 'The upstream does not let these credentials see this.');
}

/** The parsed body, or the error that it is none. The parser's own message quotes the body: it is left out. */
function parseBody(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = parseLosslessJson(text);
  } catch {
    return new CallFailure(
      'UPSTREAM_BAD_RESPONSE',
      'Expected a JSON body, got something else or half of one.',
    );
  }
  return repeatsMember(text, parsed) ? unexpected('JSON that names a member twice') : parsed;
}

function decodeSuccess(answer: RawAnswer, body: unknown, context: AnswerContext): PageAnswer {
  const { status } = answer;
  if (isFailureStatus(status)) throw upstreamFailure(failureContext(answer, context));
  if (body instanceof CallFailure && body.blames === 'upstream') throw body; // Cut short: it may have been a refusal.
  const meaning = meaningOfStatus(status);
  if (meaning === 'refused') throw refusedBy(status);
  if (meaning !== 'page') throw unexpected(describeStatus(status), statusCause(status));
  if (body instanceof CallFailure) throw body;
  if (!isJsonObject(body)) throw unexpected('JSON that is no object');
  if (reportsFailure(body)) throw unexpected('errors in an unknown form');
  return decodePage(body, context.sent);
}

/** A refusal that names no code, which a proxy may have given: the same call would be answered alike. */
function refusedBy(status: number): CallFailure {
  return new CallFailure(
    'UPSTREAM_REJECTED',
    `The upstream refused the call with ${describeStatus(status)}.`,
    {
      cause: statusCause(status),
      blames: 'edge',
    },
  );
}

function describeStatus(status: number): string {
  return status >= 300 && status < 400 && status !== 304
    ? `status ${status}, a redirect, which is never followed`
    : `status ${status}`;
}

function unexpected(got: string, cause?: Error): CallFailure {
  return new CallFailure('UPSTREAM_BAD_RESPONSE', `Expected a page with status 200, got ${got}.`, { cause });
}
