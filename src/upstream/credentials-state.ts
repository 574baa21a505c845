/** Whether the upstream takes the gateway's own credentials. Knows neither which they are nor who asks. */

import { type ErrorCode, GatewayError } from '../errors.ts';

/** What calls have told of the credentials. */
export type CredentialsState = {
  /** Makes a call and learns from its outcome. */
  readonly watch: <T>(call: () => Promise<T>) => Promise<T>;
  /**
   * True from a refusal until a call is let in, or `forgetAfterMs` have passed without another refusal. The very error
   * told again, as while a token endpoint is given its rest, is no other refusal: no call was made for it.
   */
  readonly areRefused: () => boolean;
};

/**
 * Half a minute. Whoever takes traffic away from a gateway that is not ready takes away what could show that it is
 * again: so it must offer itself now and then.
 */
const forgetAfterMs = 30_000;

/** Refusals of what was asked for: who gets one with a code of the upstream's own was let in. */
const answersBehindTheDoor: readonly ErrorCode[] = ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED'];

function isAmong(error: unknown, codes: readonly ErrorCode[]): error is GatewayError {
  return error instanceof GatewayError && codes.includes(error.code);
}

/** A state in which nothing is known against the credentials. `now` is a clock in milliseconds. */
export function createCredentialsState(now: () => number): CredentialsState {
  const forgottenAt = new WeakMap<GatewayError, number>();
  let refusedUntil = Number.NEGATIVE_INFINITY;

  function holdAgainst(refusal: GatewayError): void {
    const until = forgottenAt.get(refusal) ?? now() + forgetAfterMs;
    forgottenAt.set(refusal, until);
    refusedUntil = Math.max(refusedUntil, until);
  }

  return {
    async watch(call) {
      try {
        const answer = await call();
        refusedUntil = Number.NEGATIVE_INFINITY;
        return answer;
      } catch (error) {
        if (isAmong(error, ['UPSTREAM_UNAUTHORIZED'])) holdAgainst(error);
        if (isAmong(error, answersBehindTheDoor) && error.details.upstreamCode !== undefined)
          refusedUntil = Number.NEGATIVE_INFINITY;
        throw error;
      }
    },
    areRefused: () => now() < refusedUntil,
  };
}
