/** Whether the upstream takes the gateway's own credentials. Knows neither which they are nor who asks. */

import { CallFailure } from '../failure.ts';

/** What a call asks, and for which HTTP request of a caller. */
type Asked = { readonly question: string; readonly requestId: string };

/** What calls have shown of the credentials. */
export type CredentialsState = ReturnType<typeof createCredentialsState>;

/**
 * Half a minute. A balancer sends no traffic to a gateway that is not ready, and only traffic can show that it is
 * ready again. So it must become ready by itself now and then.
 */
const forgetAfterMs = 30_000;

/** Few, so that a wrong password is noticed soon. A gateway that is only ever asked fewer stays ready. */
const fewestQuestions = 3;
const fewestRequests = 2;

/** Long enough for other callers' calls to be let in, even if there is only one in some seconds. */
const longEnoughMs = 5000;

/** A state in which nothing is known against the credentials. `now` is the monotonic clock in milliseconds. */
export function createCredentialsState(now: () => number) {
  const refusedQuestions = new Set<string>();
  const refusedRequests = new Set<string>();
  let refusedSince = Number.POSITIVE_INFINITY;
  let refusedUntil = Number.NEGATIVE_INFINITY;

  function addRefusal({ blames }: CallFailure, { question, requestId }: Asked): void {
    if (blames === 'edge') {
      refusedSince = Math.min(refusedSince, now());
      addUpTo(fewestQuestions, refusedQuestions, question);
      addUpTo(fewestRequests, refusedRequests, requestId);
      const isEnough = refusedQuestions.size >= fewestQuestions && refusedRequests.size >= fewestRequests;
      if (!isEnough || now() - refusedSince < longEnoughMs) return;
    }
    refusedUntil = now() + forgetAfterMs;
  }

  function forget(): void {
    refusedUntil = Number.NEGATIVE_INFINITY;
    refusedSince = Number.POSITIVE_INFINITY;
    refusedQuestions.clear();
    refusedRequests.clear();
  }

  return {
    /** A call was answered. */
    letIn: forget,
    /** A call that asks this failed. */
    failed(asked: Asked, error: unknown): void {
      if (!(error instanceof CallFailure) || !error.sent) return;
      if (error.code === 'UPSTREAM_UNAUTHORIZED') addRefusal(error, asked);
      if (error.blames === 'question') forget(); // The upstream itself refused the question: it let the call in.
    },
    /**
     * True from a refusal until a call is let in, or until `forgetAfterMs` have passed without another refusal. A refusal by
     * the token endpoint counts at once. Refused questions count once they are different enough (`fewest…`), and no call was
     * let in for `longEnoughMs` since the first of them: the upstream or its firewall may object to a question, and one client
     * can ask many such. A refusal that is repeated without a call does not count again.
     */
    areRefused: () => now() < refusedUntil,
  };
}

/** Adds no more than are needed, so that the memory is bounded. */
function addUpTo(most: number, values: Set<string>, value: string): void {
  if (values.size < most) values.add(value);
}
