/** The two routes of the endpoint: the ledger of a customer, and the access token for a key and secret. */

import { answerQuery } from '../ledger/answer.ts';
import { writeJson } from '../wire/json-text.ts';
import { pickLanguage, type Refusal, writeRefusal } from '../wire/refusals.ts';
import { isRecord, type Query, readJsonBody } from '../wire/request.ts';
import { forbiddenAnswer, jsonAnswer, rateLimitedAnswer, unauthorizedAnswer } from '../wire/wire.ts';
import { identifyCaller } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { type Decision, serveCall } from './served-call.ts';
import type { SandboxState } from './state.ts';

/** Path of the ledger endpoint (reference: "Call"). */
export const ledgerPath = '/v2/pointsLedger/getCustomerLedgerBalance';

/** Path of the token endpoint (reference: "Authentication"). */
export const tokenPath = '/v3/oauth/token/generate';

/** Serves `GET` on the ledger endpoint: credentials, rate limit, then the answer to the question. */
export function serveLedger(exchange: Exchange): Promise<void> {
  const { state, request } = exchange;
  return serveCall(exchange, {
    name: 'ledger',
    log: state.ledgerCalls,
    decide: (query) => decideLedger(state, request.headers, query),
  });
}

// The limit counts calls of known callers only: a refused credential would otherwise fill the memory.
function decideLedger(state: SandboxState, headers: Exchange['request']['headers'], query: Query): Decision {
  const caller = identifyCaller(headers, state.behaviour.credentials, state.tokens);
  if (!caller) return { answer: unauthorizedAnswer };
  const credential = caller.name;
  const limited = refuseOverLimit(state, credential);
  if (limited) return limited;
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

/** Counts the call, or answers 429. */
function refuseOverLimit(state: SandboxState, credential: string): Decision | undefined {
  const admission = state.rate.admit(credential);
  if (admission.admitted) return undefined;
  return { answer: rateLimitedAnswer(String(admission.retryAfterSeconds)), credential, overLimit: true };
}

/** Serves `POST` on the token endpoint. */
export function serveToken(exchange: Exchange): Promise<void> {
  const { state, request } = exchange;
  return serveCall(exchange, {
    name: 'token',
    log: state.tokenCalls,
    decide: async () => decideToken(state, await readJsonBody(request)),
  });
}

// A token call counts against the calls per minute of its key: the reference exempts no call.
function decideToken(state: SandboxState, body: unknown): Decision {
  const key = findKey(state, body);
  if (key === undefined) return { answer: jsonAnswer(401, refusedText) };
  const credential = `oauth:${key}`;
  const limited = refuseOverLimit(state, credential);
  if (limited) return limited;
  const ttlSeconds = state.behaviour.tokenTtlSeconds;
  const accessToken = state.tokens.issue(key);
  return {
    answer: jsonAnswer(200, writeJson({ data: { accessToken, ttlSeconds }, errors: null })),
    credential,
  };
}

// The reference does not show how a wrong key is refused. Chosen: 401 with the frame of the success body.
const refusedText = writeJson({
  data: null,
  errors: [{ status: false, code: 401, message: 'Key or secret is not valid' }],
});

function findKey(state: SandboxState, body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { key, secret } = body;
  return state.behaviour.credentials.oauth.find((known) => known.key === key && known.secret === secret)?.key;
}
