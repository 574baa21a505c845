/**
 * Serves one call to the ledger or token endpoint: logs it, lets it be decided, lets the faults have their
 * way, sends the answer, and logs how it ended.
 */

import { setTimeout as wait } from 'node:timers/promises';
import type { CallLog, OpenCall } from './call-log.ts';
import type { Exchange } from './exchange.ts';
import { applyFault } from './fault-answer.ts';
import type { Draw } from './fault-draw.ts';
import type { Query } from './question.ts';
import { sendUnder } from './wire.ts';
import type { WireAnswer } from './wire-answer.ts';

/** What an endpoint answers when no fault interferes, and what of that belongs into the log. */
export type Decision = {
  readonly answer: WireAnswer;
  readonly credential?: string;
  readonly code?: number;
  readonly overLimit?: boolean;
};

/** Which endpoint is called, and how it decides. */
export type Endpoint = {
  readonly name: 'ledger' | 'token';
  readonly log: CallLog;
  readonly decide: (query: Query) => Decision | Promise<Decision>;
};

/** Serves one call, from its arrival to the end of its answer. */
export async function serveCall(exchange: Exchange, endpoint: Endpoint): Promise<void> {
  const query = readQuery(exchange.rawQuery);
  const call = openCall(exchange, endpoint.log, query);
  const draw = exchange.state.faults.draw({ endpoint: endpoint.name, query });
  const decision = await endpoint.decide(query);
  call.fault = draw.fault?.kind ?? (draw.latencyMs > 0 ? 'latency' : null);
  call.credential = decision.credential ?? null;
  call.overLimit = decision.overLimit ?? false;
  if (draw.latencyMs > 0) await wait(draw.latencyMs, undefined, { signal: exchange.closed });
  sendDecided(exchange, call, decision, draw.fault);
}

function openCall(exchange: Exchange, log: CallLog, query: Query): OpenCall {
  const { request, response, path, rawQuery } = exchange;
  const { method = '', headers } = request;
  const call = log.open({ method, path, query, rawQuery, headers });
  response.once('finish', () => log.close(call, 'answered'));
  response.once('close', () => {
    // The kinds that break the connection have a status only of what they began to send.
    const isOurs = call.outcome === 'pending' && (call.fault === 'reset' || call.fault === 'cut-body');
    if (!response.writableFinished) log.close(call, isOurs ? 'cut' : 'client-gone');
  });
  return call;
}

function sendDecided(exchange: Exchange, call: OpenCall, decision: Decision, fault: Draw['fault']): void {
  const { state, request, response } = exchange;
  const { failureStatus, now } = state.behaviour;
  const setting = { url: request.url ?? '/', moment: now(), failureStatus };
  const answer = fault ? applyFault(fault, decision.answer, setting) : decision.answer;
  const isSilent = fault?.kind === 'hang' || fault?.kind === 'reset';
  call.status = isSilent ? null : answer.status;
  call.code = fault?.kind === 'refusal' ? (fault.code ?? 9003) : fault ? null : (decision.code ?? null);
  sendUnder(fault, response, answer);
}

function readQuery(rawQuery: string): Query {
  const query: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawQuery)) query[name] ??= value;
  return { ...query };
}
