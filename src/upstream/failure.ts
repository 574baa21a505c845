/** A failed call, and the facts that decide what follows. Knows nothing of what follows. */

import { type ErrorCode, GatewayError } from '../errors.ts';

/**
 * Whether the same call is worth another try: after a pause; in the queue of its budget, which knows how long the upstream
 * wants no calls; or with a new token, because it was answered 401.
 */
export type Again = 'no' | 'after-pause' | 'in-queue' | 'with-new-token';

/**
 * What is at fault. `upstream`: it failed. `question`: the upstream answered it with a refusal of its own. `edge`: something
 * answered that may stand before the upstream, or made no sense, and nothing follows for other questions. `key`: the
 * gateway's key, which the token endpoint refused.
 */
export type Blames = 'upstream' | 'question' | 'edge' | 'key' | 'nobody';

/** The facts of a failure. */
export type FailureFacts = {
  /** False if the upstream cannot have counted the call: it never went out. */
  readonly sent: boolean;
  readonly again: Again;
  readonly blames: Blames;
};

type UsualFacts = readonly [again: Again, blames: Blames];

/** What a code means unless whoever makes the failure knows better. */
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

/** A `GatewayError` of one call. Made where the failure is seen; nobody changes it later. */
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

/** The gateway's own refusal of a call: no call was made, and it is of no use to try again now. */
export function ownRefusal(
  code: 'RATE_LIMITED' | 'UPSTREAM_UNAVAILABLE',
  message: string,
  retryAfter?: number,
): CallFailure {
  const facts = { sent: false, again: 'no', blames: 'nobody' } as const;
  return new CallFailure(code, message, { ...facts, ...(retryAfter !== undefined && { retryAfter }) });
}

/** The same failure, told to one for whom no call was made, and may not be for so many seconds. */
export function unsent(failure: CallFailure, retryAfter: number): CallFailure {
  const { code, message, details, cause, again, blames } = failure;
  const wait = again === 'after-pause' && { retryAfter };
  return new CallFailure(code, message, { ...details, ...wait, cause, again, blames, sent: false });
}
