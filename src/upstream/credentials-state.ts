/** Whether the upstream takes the gateway's own credentials. Knows neither which they are nor who asks. */

import { GatewayError } from '../errors.ts';

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
        if (error instanceof GatewayError && error.code === 'UPSTREAM_UNAUTHORIZED') {
          refusedUntil = now() + forgetAfterMs;
        }
        throw error;
      }
    },
    areRefused: () => now() < refusedUntil,
  };
}
