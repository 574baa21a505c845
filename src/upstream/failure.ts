/** The error of a failed call, with the facts by which retries and the breaker decide. */

import { type ErrorCode, GatewayError } from '../errors.ts';

/**
 * Whether and how the same call is worth another try. `in-queue`: after a 429, through the queue of the budget, which waits
 * for as long as the upstream asked. `with-new-token`: after a 401.
 */
export type Again = 'no' | 'after-pause' | 'in-queue' | 'with-new-token';

/**
 * What is at fault. `upstream`: it failed. `question`: the upstream refused this question with a code of its own. `edge`:
 * the answer made no sense, or may come from a proxy or firewall; it says nothing about other questions. `key`: the token
 * endpoint refused the gateway's key.
 */
export type Blames = 'upstream' | 'question' | 'edge' | 'key' | 'nobody';

type UsualFacts = readonly [again: Again, blames: Blames];

/** The facts of each code, unless a failure is made with others. */
const usualFacts: Readonly<Partial<Record<ErrorCode, UsualFacts>>> = {
  UPSTREAM_UNAVAILABLE: ['after-pause', 'upstream'],
  UPSTREAM_TIMEOUT: ['no', 'upstream'],
  RATE_LIMITED: ['in-queue', 'edge'],
  UPSTREAM_BAD_RESPONSE: ['no', 'edge'],
  UPSTREAM_UNAUTHORIZED: ['no', 'edge'],
  UNAUTHENTICATED: ['no', 'edge'],
  FORBIDDEN: ['no', 'edge'],
  UPSTREAM_REJECTED: ['no', 'question'],
  CUSTOMER_MERGED: ['no', 'question'],
};

const noFacts: UsualFacts = ['no', 'nobody'];

/** The facts of a failure. */
export type FailureFacts = Pick<CallFailure, 'sent' | 'again' | 'blames'>;

type FailureOptions = Partial<FailureFacts> & ConstructorParameters<typeof GatewayError>[2];

/** A `GatewayError` of one call. It gets all its facts where it is made, and never changes. */
export class CallFailure extends GatewayError {
  /** False if the call never went out, so that the upstream cannot have counted it. */
  readonly sent: boolean;
  readonly again: Again;
  readonly blames: Blames;

  constructor(code: ErrorCode, message: string, options: FailureOptions = {}) {
    const [usualAgain, usualBlames] = usualFacts[code] ?? noFacts;
    const { sent = true, again = usualAgain, blames = usualBlames, ...rest } = options;
    super(code, message, rest);
    this.sent = sent;
    this.again = again;
    this.blames = blames;
  }
}

/** The gateway's own refusal: no call went out, and another try now would be refused as well. */
export function ownRefusal(
  code: 'RATE_LIMITED' | 'UPSTREAM_UNAVAILABLE',
  message: string,
  retryAfter?: number,
): CallFailure {
  const facts = { sent: false, again: 'no', blames: 'nobody' } as const;
  return new CallFailure(code, message, { ...facts, ...(retryAfter !== undefined && { retryAfter }) });
}

/** A past failure, for a caller that is refused because of it. No call went out, and none does for `retryAfter` seconds. */
export function unsent(failure: CallFailure, retryAfter: number): CallFailure {
  const { code, message, details, cause, again, blames } = failure;
  const wait = again === 'after-pause' && { retryAfter };
  return new CallFailure(code, message, { ...details, ...wait, cause, again, blames, sent: false });
}

/** A wait as `retryAfter` states it: whole seconds, rounded up, at least 1. */
export const wholeSeconds = (waitMs: number): number => Math.max(1, Math.ceil(waitMs / 1000));
