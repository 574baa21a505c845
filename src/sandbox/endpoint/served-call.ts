/** Serves one call: logs it, decides the answer, applies the faults, sends, and logs the outcome. */

import { setTimeout as wait } from 'node:timers/promises';
import { applyFault, defaultRefusalCode, sendUnder } from '../faults/fault-answer.ts';
import { drawOnce } from '../faults/fault-draw.ts';
import type { Fault } from '../faults/faults.ts';
import { type Query, readQuery } from '../wire/request.ts';
import type { WireAnswer } from '../wire/wire.ts';
import type { Call, CallLog } from './call-log.ts';
import type { Exchange } from './exchange.ts';

/** The answer without faults, and what the log says of it. */
export type Decision = {
  readonly answer: WireAnswer;
  readonly credential?: string;
  readonly code?: number;
  readonly overLimit?: boolean;
  /** The member's own faults. Faults that are switched on go before them. */
  readonly faults?: readonly Fault[];
};

/** The endpoint that is called, and how it decides. */
export type Endpoint = {
  readonly name: 'ledger' | 'token';
  readonly log: CallLog;
  readonly decide: (query: Query) => Decision | Promise<Decision>;
};

/** Serves one call up to the end of its answer. */
export async function serveCall(exchange: Exchange, endpoint: Endpoint): Promise<void> {
  const { log, name } = endpoint;
  const query = readQuery(exchange.rawQuery);
  const call = openCall(exchange, log, query);
  const requestId = exchange.request.headers['x-request-id']?.toString();
  const target = { endpoint: name, query, requestId };
  const drawn = exchange.state.faults.draw(target);
  // Even if a fault replaces the answer: the call counts against the rate limit.
  const decision = await endpoint.decide(query);
  const own = drawOnce(decision.faults ?? [], target);
  const latencyMs = drawn.latencyMs + own.latencyMs;
  const fault = drawn.fault ?? own.fault;
  log.note(call, {
    fault: fault?.kind ?? (latencyMs > 0 ? 'latency' : null),
    credential: decision.credential ?? null,
    overLimit: decision.overLimit ?? false,
  });
  if (latencyMs > 0) await wait(latencyMs, undefined, { signal: exchange.closed });
  const answer = changeAnswer(exchange, decision.answer, fault);
  log.note(call, { status: isSilent(fault) ? null : answer.status, code: codeOf(decision, fault) });
  sendUnder(fault, exchange.response, answer);
}

function openCall(exchange: Exchange, log: CallLog, query: Query): Call {
  const { request, response, path, rawQuery } = exchange;
  const { method = '', headers } = request;
  const call = log.open({ method, path, query, rawQuery, headers });
  // `finish`: the system has all bytes. `close` follows always; it comes alone if the system never had all.
  response.once('finish', () => log.close(call, 'answered'));
  response.once('close', () => {
    const isCut = call.fault === 'reset' || call.fault === 'cut-body';
    if (!response.writableFinished) log.close(call, isCut ? 'cut' : 'client-gone');
  });
  return call;
}

function changeAnswer(
  { state, request }: Exchange,
  answer: WireAnswer,
  fault: Fault | undefined,
): WireAnswer {
  const { failureStatus, now } = state.behaviour;
  return fault
    ? applyFault(fault, answer, { url: request.url ?? '/', moment: now(), failureStatus })
    : answer;
}

/** Whether the fault sends not even a status. */
function isSilent(fault: Fault | undefined): boolean {
  return fault?.kind === 'hang' || fault?.kind === 'reset';
}

function codeOf(decision: Decision, fault: Fault | undefined): number | null {
  if (fault) return fault.kind === 'refusal' ? (fault.code ?? defaultRefusalCode) : null;
  return decision.code ?? null;
}
