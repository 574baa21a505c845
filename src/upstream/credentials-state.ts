/** Whether the upstream takes the gateway's own credentials. Knows neither which they are nor who asks. */

import { type ErrorCode, GatewayError } from '../errors.ts';
import { isQuestionRefused } from './decode.ts';

/** What calls have shown of the credentials. */
export type CredentialsState = {
  /** Makes a call that asks this question, and learns from its outcome. */
  readonly watch: <T>(question: string, call: () => Promise<T>) => Promise<T>;
  /**
   * True from a refusal until a call is let in, or `forgetAfterMs` have passed without another refusal. A refusal by the
   * token endpoint counts at once. A refused question counts when so many different ones were refused, and no call was
   * let in between them: the upstream or its firewall may object to one question, however often that is asked. The very
   * error reported again, as while a token endpoint is given its rest, is no other refusal: no call was made for it.
   */
  readonly areRefused: () => boolean;
};

/**
 * Half a minute. Whoever takes traffic away from a gateway that is not ready takes away what could show that it is
 * again: so it must offer itself now and then.
 */
const forgetAfterMs = 30_000;

/** Few, so that a wrong password is noticed soon; a gateway that is only ever asked fewer stays ready. */
const fewestQuestions = 3;

/** A state in which nothing is known against the credentials. `now` is the monotonic clock in milliseconds. */
export function createCredentialsState(now: () => number): CredentialsState {
  const forgottenAt = new WeakMap<GatewayError, number>();
  const refusedQuestions = new Set<string>();
  let refusedUntil = Number.NEGATIVE_INFINITY;

  function holdAgainst(refusal: GatewayError, question: string): void {
    if (isQuestionRefused(refusal)) {
      if (refusedQuestions.size < fewestQuestions) refusedQuestions.add(question);
      if (refusedQuestions.size < fewestQuestions) return;
    }
    const until = forgottenAt.get(refusal) ?? now() + forgetAfterMs;
    forgottenAt.set(refusal, until);
    refusedUntil = Math.max(refusedUntil, until);
  }

  function forget(): void {
    refusedUntil = Number.NEGATIVE_INFINITY;
    refusedQuestions.clear();
  }

  return {
    async watch(question, call) {
      try {
        const answer = await call();
        forget();
        return answer;
      } catch (error) {
        if (isAmong(error, ['UPSTREAM_UNAUTHORIZED'])) holdAgainst(error, question);
        if (isBehindTheDoor(error)) forget();
        throw error;
      }
    },
    areRefused: () => now() < refusedUntil,
  };
}

/** Refusals of what was asked for, with the upstream's own code: who gets one was let in. */
function isBehindTheDoor(error: unknown): boolean {
  return isAmong(error, ['UPSTREAM_REJECTED', 'CUSTOMER_MERGED']) && error.details.upstreamCode !== undefined;
}

function isAmong(error: unknown, codes: readonly ErrorCode[]): error is GatewayError {
  return error instanceof GatewayError && codes.includes(error.code);
}
