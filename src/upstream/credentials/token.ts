/**
 * Decodes the answer of the token endpoint into a token, or throws the error that it means. Pure; quotes nothing that
 * was sent.
 */

import { CallFailure } from '../failure.ts';
import { type RawAnswer, rateLimited } from '../rest/decode.ts';
import {
  type FailureContext,
  findRefusal,
  isFailureStatus,
  knownRefusals,
  reportsFailure,
  upstreamFailure,
} from '../rest/refusal.ts';
import { failureRetryAfter, retryAfterSeconds } from '../rest/retry-after.ts';
import { isJsonObject, misshapen, readObject, textOf } from '../rest/shape.ts';

/** An access token. Holds a secret: never logged, never part of a message. */
type Token = {
  readonly value: string;
  /** How long it is valid, in milliseconds. */
  readonly lifeMs: number;
};

/** A token must fit into a header: RFC 9110, section 5.5, without white space. */
const tokenForm = /^[\x21-\x7e]{1,8192}$/;

/** A year. A longer lifetime, or an unlimited one, counts as a year. */
const longestLifeSeconds = 31_536_000;

/**
 * Reads `{"data":{"accessToken","ttlSeconds"},"errors":null}`. The key counts as refused only after status 401 or 403,
 * after an error with one of these codes, or after 400 with the documented failure body. Key and secret are all that
 * was sent, so such a 400 can mean nothing else. A refused key takes the gateway out of service; a login page or a
 * failing service must not.
 * @throws {CallFailure} UPSTREAM_UNAUTHORIZED, RATE_LIMITED, UPSTREAM_UNAVAILABLE or UPSTREAM_BAD_RESPONSE.
 */
export function decodeToken(answer: RawAnswer, wallNow: number): Token {
  const { status, body } = answer;
  if (status === 429) throw rateLimited(retryAfterSeconds(answer, wallNow));
  if (status === 401 || status === 403) throw refused();
  const context = { status, retryAfter: failureRetryAfter(answer, wallNow) };
  if (isFailureStatus(status)) throw upstreamFailure(context);
  const parsed = typeof body === 'string' ? parseJson(body) : undefined;
  const failure = findRefusal(parsed);
  if (failure !== undefined) throw failed(failure.code, context);
  if (status !== 200) throw unexpected(`status ${status}`);
  if (typeof body !== 'string') throw body;
  return readToken(parsed);
}

function failed(code: number, context: FailureContext): CallFailure {
  const { status } = context;
  if (knownRefusals[code]?.becomes === 'UPSTREAM_UNAVAILABLE') return upstreamFailure(context);
  return status === 400 || code === 401 || code === 403
    ? refused()
    : unexpected(`a failure with status ${status}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readToken(body: unknown): Token {
  if (!isJsonObject(body)) throw unexpected('no JSON object');
  if (reportsFailure(body)) throw unexpected('errors in an unknown form');
  const { accessToken, ttlSeconds } = readObject(body['data'], 'data');
  const seconds = Number(textOf(ttlSeconds) || Number.NaN);
  if (typeof accessToken !== 'string' || !tokenForm.test(accessToken)) {
    return misshapen(undefined, 'data.accessToken', 'a token of visible ASCII characters');
  }
  if (!(seconds > 0)) return misshapen(ttlSeconds, 'data.ttlSeconds', 'a number of seconds above 0');
  return { value: accessToken, lifeMs: Math.min(seconds, longestLifeSeconds) * 1000 };
}

function refused(): CallFailure {
  return new CallFailure('UPSTREAM_UNAUTHORIZED', "The upstream refused the gateway's own credentials.", {
    blames: 'key',
  });
}

function unexpected(got: string): CallFailure {
  return new CallFailure('UPSTREAM_BAD_RESPONSE', `Expected a token with status 200, got ${got}.`);
}
