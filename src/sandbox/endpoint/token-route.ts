/** The token endpoint: exchanges key and secret for an access token. */

import { writeJson } from '../wire/json-text.ts';
import { jsonAnswer, rateLimitedAnswer } from '../wire/wire-answer.ts';
import { type Exchange, isRecord, readBody, readJson } from './exchange.ts';
import { type Decision, serveCall } from './served-call.ts';
import type { SandboxState } from './state.ts';

/** Path of the token endpoint (reference: "Authentication"). */
export const tokenPath = '/v3/oauth/token/generate';

/** Serves `POST` on the token endpoint. */
export function serveToken(exchange: Exchange): Promise<void> {
  const { state, request } = exchange;
  return serveCall(exchange, {
    name: 'token',
    log: state.tokenCalls,
    decide: async () => decide(state, readJson(await readBody(request))),
  });
}

// A token call counts against its key's calls per minute: the reference exempts no call.
function decide(state: SandboxState, body: unknown): Decision {
  const key = findKey(state, body);
  if (key === undefined) return { answer: jsonAnswer(401, refusedText) };
  const credential = `oauth:${key}`;
  const admission = state.rate.admit(credential);
  if (!admission.admitted) {
    return { answer: rateLimitedAnswer(String(admission.retryAfterSeconds)), credential, overLimit: true };
  }
  const ttlSeconds = state.behaviour.tokenTtlSeconds;
  const accessToken = state.tokens.issue(key);
  return {
    answer: jsonAnswer(200, writeJson({ data: { accessToken, ttlSeconds }, errors: null })),
    credential,
  };
}

// The reference does not show how a wrong key is refused: 401 with the success body's frame is assumed.
const refusedText = writeJson({
  data: null,
  errors: [{ status: false, code: 401, message: 'Key or secret is not valid' }],
});

function findKey(state: SandboxState, body: unknown): string | undefined {
  if (!isRecord(body)) return undefined;
  const { key, secret } = body;
  return state.behaviour.credentials.oauth.find((known) => known.key === key && known.secret === secret)?.key;
}
