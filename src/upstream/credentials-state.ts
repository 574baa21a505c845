/** Whether the upstream takes the gateway's own credentials. Knows neither which they are nor who asks. */

import { type ErrorCode, GatewayError } from '../errors.ts';

/** What calls have told of the credentials. */
export type CredentialsState = {
  /** Makes a call and learns from its outcome. */
  readonly watch: <T>(call: () => Promise<T>) => Promise<T>;
  /** True from a refusal until a call is let in, or `forgetAfterMs` have passed without another refusal. */
  readonly areRefused: () => boolean;
};

/**
 * Half a minute. Whoever takes traffic away from a gateway that is not ready takes away what could show that it is
 * again: so it must offer itself now and then.
 */
const forgetAfterMs = 30_000;

/** Refusals of what was asked for: who gets one was let in. */
const answersBehindTheDoor: readonly ErrorCode[] = ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED'];

function isAmong(error: unknown, codes: readonly ErrorCode[]): boolean {
  return error instanceof GatewayError && codes.includes(error.code);
}

/** A state in which nothing is known against the credentials. `now` is a clock in milliseconds. */
export function createCredentialsState(now: () => number): CredentialsState {
  let refusedUntil = Number.NEGATIVE_INFINITY;
  return {
    async watch(call) {
      try {
        const answer = await call();
        refusedUntil = Number.NEGATIVE_INFINITY;
        return answer;
      } catch (error) {
        if (isAmong(error, ['UPSTREAM_UNAUTHORIZED'])) refusedUntil = now() + forgetAfterMs;
        if (isAmong(error, answersBehindTheDoor)) refusedUntil = Number.NEGATIVE_INFINITY;
        throw error;
      }
    },
    areRefused: () => now() < refusedUntil,
  };
}
