/** Whether the upstream refuses the gateway's own credentials. Knows neither the credentials nor the callers. */

import { CallFailure } from '../failure.ts';

/** The question of a call (customer and filter), and the HTTP request of a caller that asked it. */
type AskedQuestion = { readonly question: string; readonly requestId: string };

/** What calls have shown of the credentials. */
export type CredentialsState = ReturnType<typeof createCredentialsState>;

/**
 * How long refused credentials make the gateway unready. A balancer sends it no traffic meanwhile, and only traffic can
 * show that the credentials are accepted again. So it must become ready by itself after a while.
 */
const forgetAfterMs = 30_000;

/** Few, so that a wrong password is noticed soon. A gateway that gets fewer questions stays ready. */
const fewestQuestions = 3;
const fewestRequests = 2;

/** Long enough for a call of another caller to be answered, even if callers ask only once in some seconds. */
const longEnoughMs = 5000;

/** Refused page calls since the last answer, no more than are needed. */
type Refused = { readonly since: number; readonly questions: Set<string>; readonly requests: Set<string> };

/** Starts without a refusal. `now` is the monotonic clock in milliseconds. */
export function createCredentialsState(now: () => number) {
  let refused: Refused | undefined;
  let refusedUntil = Number.NEGATIVE_INFINITY;

  /** Adds the refusal of a page call. Returns whether there are enough of them. */
  function addRefusal({ question, requestId }: AskedQuestion): boolean {
    refused ??= { since: now(), questions: new Set(), requests: new Set() };
    const { since, questions, requests } = refused;
    if (questions.size < fewestQuestions) questions.add(question);
    if (requests.size < fewestRequests) requests.add(requestId);
    const isEnough = questions.size === fewestQuestions && requests.size === fewestRequests;
    return isEnough && now() - since >= longEnoughMs;
  }

  function addAnswer(): void {
    refused = undefined;
    refusedUntil = Number.NEGATIVE_INFINITY;
  }

  return {
    /** Must be called when a call was answered. */
    addAnswer,
    /** Must be called when a call has failed. */
    addFailure(asked: AskedQuestion, error: unknown): void {
      if (!(error instanceof CallFailure) || !error.sent) return;
      if (error.blames === 'question') addAnswer(); // The upstream refused the question, so it accepted the credentials.
      if (error.code !== 'UPSTREAM_UNAUTHORIZED') return;
      if (error.blames !== 'edge' || addRefusal(asked)) refusedUntil = now() + forgetAfterMs;
    },
    /**
     * True after enough refusals, until a call is answered, or until `forgetAfterMs` have passed since the last
     * refusal. One refusal by the token endpoint is enough. Refused page calls are enough when they come from several
     * questions and requests (`fewest…`), and no call was answered for `longEnoughMs` since the first of them. Fewer
     * prove nothing: the upstream or its firewall may object to a question, and one client can ask many such questions.
     * Only calls that were sent count.
     */
    areRefused: () => now() < refusedUntil,
  };
}
