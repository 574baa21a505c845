/** The ledger endpoint: credentials, rate limit, then the answer to the question. */

import { answerQuery } from '../ledger/answer.ts';
import type { Query } from '../ledger/question.ts';
import { pickLanguage, type Refusal, writeRefusal } from '../wire/refusals.ts';
import { forbiddenAnswer, jsonAnswer, rateLimitedAnswer, unauthorizedAnswer } from '../wire/wire-answer.ts';
import { identifyCaller } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { type Decision, serveCall } from './served-call.ts';
import type { SandboxState } from './state.ts';

/** Path of the ledger endpoint (reference: "Call"). */
export const ledgerPath = '/v2/pointsLedger/getCustomerLedgerBalance';

/** Serves `GET` on the ledger endpoint. */
export function serveLedger(exchange: Exchange): Promise<void> {
  const { state, request } = exchange;
  return serveCall(exchange, {
    name: 'ledger',
    log: state.ledgerCalls,
    decide: (query) => decide(state, request.headers, query),
  });
}

// A refused credential is not counted: the limit is one of known callers, and so is what is remembered.
function decide(state: SandboxState, headers: Exchange['request']['headers'], query: Query): Decision {
  const caller = identifyCaller(headers, state.behaviour.credentials, state.tokens);
  if (!caller) return { answer: unauthorizedAnswer };
  const credential = caller.name;
  const admission = state.rate.admit(credential);
  if (!admission.admitted) {
    return { answer: rateLimitedAnswer(String(admission.retryAfterSeconds)), credential, overLimit: true };
  }
  if (caller.forbidden) return { answer: forbiddenAnswer, credential };
  const { body, faults, refusal } = answerQuery(query, state.directory(), state.behaviour);
  return refusal
    ? { ...refuse(state, refusal, headers['accept-language']), credential }
    : { answer: jsonAnswer(200, body), credential, faults };
}

function refuse(state: SandboxState, refusal: Refusal, acceptLanguage: string | undefined): Decision {
  const text = writeRefusal(refusal, pickLanguage(acceptLanguage));
  return { answer: jsonAnswer(state.behaviour.failureStatus, text), code: refusal.code };
}
