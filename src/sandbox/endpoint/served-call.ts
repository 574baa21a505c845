/**
 * Serves one call to the ledger or token endpoint: logs it, lets it be decided, lets the faults have their
 * way, sends the answer, and logs how it ended.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { applyFault, defaultRefusalCode } from '../faults/fault-answer.ts';
import { drawOnce } from '../faults/fault-draw.ts';
import type { Fault } from '../faults/faults.ts';
import type { Query } from '../ledger/question.ts';
import { sendUnder } from '../wire/wire.ts';
import type { WireAnswer } from '../wire/wire-answer.ts';
import type { Call, CallLog } from './call-log.ts';
import type { Exchange } from './exchange.ts';

/** What an endpoint answers when no fault interferes, and what of that belongs into the log. */
export type Decision = {
  readonly answer: WireAnswer;
  readonly credential?: string;
  readonly code?: number;
  readonly overLimit?: boolean;
  /** Faults of the member who is asked for. Those that are switched on go before them. */
  readonly faults?: readonly Fault[];
};

/** Which endpoint is called, and how it decides. */
export type Endpoint = {
  readonly name: 'ledger' | 'token';
  readonly log: CallLog;
  readonly decide: (query: Query) => Decision | Promise<Decision>;
};

/** Serves one call, from its arrival to the end of its answer. */
export async function serveCall(exchange: Exchange, endpoint: Endpoint): Promise<void> {
  const { log, name } = endpoint;
  const query = readQuery(exchange.rawQuery);
  const call = openCall(exchange, log, query);
  const drawn = exchange.state.faults.draw({ endpoint: name, query });
  // Decided even if a fault then replaces the answer: the call counts against the rate limit all the same.
  const decision = await endpoint.decide(query);
  const own = drawOnce(decision.faults ?? [], { endpoint: name, query });
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
  // `finish`: all bytes are with the system. `close` follows always, and alone when they never got there.
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

/** Whether not even a status goes out. */
function isSilent(fault: Fault | undefined): boolean {
  return fault?.kind === 'hang' || fault?.kind === 'reset';
}

function codeOf(decision: Decision, fault: Fault | undefined): number | null {
  if (fault) return fault.kind === 'refusal' ? (fault.code ?? defaultRefusalCode) : null;
  return decision.code ?? null;
}

/** As a servlet reads it: `+` is a space, and of a repeated parameter the first counts. */
function readQuery(rawQuery: string): Query {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawQuery)) query[name] ??= value;
  return { ...query };
}
