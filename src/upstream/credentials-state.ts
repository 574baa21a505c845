/** Whether the upstream takes the gateway's own credentials. Knows neither which they are nor who asks. */

import { CallFailure } from './failure.ts';

/** What calls have shown of the credentials. */
export type CredentialsState = {
  /** Makes a call that asks this question, and learns from its outcome. */
  readonly watch: <T>(question: string, call: () => Promise<T>) => Promise<T>;
  /**
   * True from a refusal until a call is let in, or `forgetAfterMs` have passed without another refusal. A refusal by the
   * token endpoint counts at once. A refused question counts when so many different ones were refused, and no call was
   * let in between them: the upstream or its firewall may object to one question, however often that is asked. A refusal
   * for which no call was made, as while a token endpoint is given its rest, is no other one.
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
  const refusedQuestions = new Set<string>();
  let refusedUntil = Number.NEGATIVE_INFINITY;

  function holdAgainst({ blames }: CallFailure, question: string): void {
    if (blames === 'door') {
      if (refusedQuestions.size < fewestQuestions) refusedQuestions.add(question);
      if (refusedQuestions.size < fewestQuestions) return;
    }
    refusedUntil = now() + forgetAfterMs;
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
        if (error instanceof CallFailure && error.sent) {
          if (error.code === 'UPSTREAM_UNAUTHORIZED') holdAgainst(error, question);
          if (error.blames === 'question') forget(); // Who is refused by the upstream itself was let in.
        }
        throw error;
      }
    },
    areRefused: () => now() < refusedUntil,
  };
}
