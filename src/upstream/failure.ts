/** A failed call, and the facts that decide what follows. Knows nothing of what follows. */

import { type ErrorCode, GatewayError } from '../errors.ts';

/**
 * Whether the same call is worth another try: after a pause; in the queue of its budget, which knows for how long the
 * upstream takes no calls; or with a new token, because it was answered 401.
 */
export type Again = 'no' | 'after-pause' | 'in-queue' | 'with-new-token';

/**
 * What is at fault. `upstream`: it failed. `question`: the upstream refused it with a code of its own. `edge`: the answer may
 * come from what stands before the upstream, or made no sense; it says nothing about other questions. `key`: the token
 * endpoint refused the gateway's key.
 */
export type Blames = 'upstream' | 'question' | 'edge' | 'key' | 'nobody';

/** The facts of a failure. */
export type FailureFacts = {
  /** False if the call never went out, so that the upstream cannot have counted it. */
  readonly sent: boolean;
  readonly again: Again;
  readonly blames: Blames;
};

type UsualFacts = readonly [again: Again, blames: Blames];

/** What a code means unless the failure is made with other facts. */
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

type FailureOptions = Partial<FailureFacts> & ConstructorParameters<typeof GatewayError>[2];

/** A `GatewayError` of one call. Made where the failure is seen; nothing is added later. */
export class CallFailure extends GatewayError implements FailureFacts {
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

/** The gateway's own refusal of a call: no call was made, and trying again now is of no use. */
export function ownRefusal(
  code: 'RATE_LIMITED' | 'UPSTREAM_UNAVAILABLE',
  message: string,
  retryAfter?: number,
): CallFailure {
  const facts = { sent: false, again: 'no', blames: 'nobody' } as const;
  return new CallFailure(code, message, { ...facts, ...(retryAfter !== undefined && { retryAfter }) });
}

/** The same failure for a caller for whom no call was made, and none may be made for so many seconds. */
export function unsent(failure: CallFailure, retryAfter: number): CallFailure {
  const { code, message, details, cause, again, blames } = failure;
  const wait = again === 'after-pause' && { retryAfter };
  return new CallFailure(code, message, { ...details, ...wait, cause, again, blames, sent: false });
}

/** Whole seconds for `retryAfter`: rounded up, at least 1. */
export function wholeSeconds(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / 1000));
}
