/**
 * Checks that a fault explains each code that an operation got. Pure. It need not look for hidden faults: the model
 * checks that an answer without a code is whole. A call can also fail without harm, if its list has ended before.
 *
 * The usual explanation is a call of the same operation that ended with this code at the sandbox. Others are an open
 * breaker, a spent budget, a failed token call, the operation's deadline, or a shared call of another operation.
 */
import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import { type Evidence, mayTryAgain, outcomeOf, overlaps, predict, type Seen, triesOf } from './evidence.ts';

/** The bounds of the gateways. */
export type Limits = {
  readonly callsPerMinute: number;
  readonly replicas: number;
  readonly retries: number;
  readonly upstreamTimeoutMs: number;
  readonly operationTimeoutMs: number;
};

/** How late a sample or an event can be on a busy machine, in milliseconds. */
const slackMs = 400;

/** The longest pause after a failed token call, in milliseconds. Callers get the same failure during the pause. */
const tokenRestMs = 5000;

/** How much later than the sandbox a replica can see the end of a token call on a busy machine, in milliseconds. */
const tokenNewsMs = 1500;

/** What no evidence explains about an operation. */
export function unexplained(seen: Seen, evidence: Evidence, limits: Limits): readonly string[] {
  const calls = triesOf(evidence.callsOf(seen.requestId));
  const wrongs = calls.flatMap((tries) => judgeTries(tries, limits));
  if (seen.hasLeft) return [...wrongs, ...judgeLeft(seen, evidence)];
  const failed = calls.map(outcomeOf).filter((outcome) => outcome !== 'ANSWERED');
  const strange = [...new Set(seen.codes)].filter(
    (code) => !failed.some((outcome) => outcome === code) && !hasOtherCause(code, seen, evidence, limits),
  );
  return [
    ...wrongs,
    ...strange.map(
      (code) => `${code} without a cause (own calls: ${calls.map(outcomeOf).join(', ') || 'none'})`,
    ),
    ...judgeTimes(seen, limits),
  ];
}

/** One call may have so many tries, and none after a final answer. */
function judgeTries(tries: readonly Call[], { retries }: Limits): string[] {
  const outcomes = tries.map(predict);
  const counted = outcomes.filter((outcome) => outcome !== 'UPSTREAM_UNAUTHORIZED');
  const early = tries.slice(0, -1).filter((call) => !mayTryAgain(call));
  return [
    ...early.map((call) => `tried again after ${predict(call)}`),
    ...(counted.length > retries + 1 ? [`${counted.length} tries of one call`] : []),
  ];
}

/** A call of a client that has left ends, unless others wait for it. */
function judgeLeft({ requestId, endedAt, shareable }: Seen, { callsOf }: Evidence): string[] {
  const latest = endedAt + slackMs;
  const own = callsOf(requestId).filter(({ query }) => !shareable.includes(String(query['identifierValue'])));
  return [
    ...(own.some((call) => call.startedAt > latest) ? ['a call was made after its client had left'] : []),
    ...(own.some((call) => (call.endedAt ?? latest) > latest) ? ['a call outlived its client'] : []),
  ];
}

function judgeTimes({ startedAt, endedAt, retryAfters }: Seen, { operationTimeoutMs }: Limits): string[] {
  const tookMs = endedAt - startedAt;
  return [
    ...(tookMs > operationTimeoutMs + 2 * slackMs ? [`answered after ${Math.round(tookMs)} ms`] : []),
    ...retryAfters
      .filter((seconds) => !(seconds >= 1 && seconds <= 66))
      .map((seconds) => `retryAfter ${seconds}`),
  ];
}

function hasOtherCause(code: string, seen: Seen, evidence: Evidence, limits: Limits): boolean {
  if (isFromToken(code, seen, evidence) || isFromShared(code, seen, evidence)) return true;
  switch (code) {
    case 'RATE_LIMITED':
      return isSpent(seen, evidence, limits) || isBlocked(seen, evidence);
    case 'UPSTREAM_UNAVAILABLE':
      return isBreakerOpen(seen, evidence);
    case 'UPSTREAM_TIMEOUT':
      return isOutOfTime(seen, evidence, limits);
    default:
      return false;
  }
}

function isFromToken(code: string, { startedAt, endedAt }: Seen, { tokenCalls }: Evidence): boolean {
  const from = code === 'RATE_LIMITED' ? startedAt : startedAt - tokenRestMs - tokenNewsMs;
  return tokenCalls.some((call) => predict(call) === code && overlaps(call, from, endedAt));
}

function isFromShared(code: string, seen: Seen, { callsFor }: Evidence): boolean {
  const calls = seen.shareable.flatMap(callsFor);
  return calls.some((call) => predict(call) === code && overlaps(call, seen.startedAt, seen.endedAt));
}

/** Whether the budget, or this replica's share of it, was spent within the last window. */
function isSpent({ endedAt }: Seen, { arrivals, samples }: Evidence, limits: Limits): boolean {
  const windowMs = 60_000 + limits.upstreamTimeoutMs + slackMs;
  const isRecent = (at: number) => at > endedAt - windowMs && at <= endedAt;
  const wasAlone = samples.some(({ at, sharing }) => sharing === 'alone' && isRecent(at));
  const budget = limits.callsPerMinute / (wasAlone ? limits.replicas : 1);
  return arrivals.filter(isRecent).length >= budget * 0.9;
}

/** Whether a call of the credential got 429, and its wait has not passed. */
function isBlocked({ startedAt, endedAt }: Seen, { allCalls }: Evidence): boolean {
  const longestWaitMs = 3000;
  return allCalls.some(
    (call) =>
      predict(call) === 'RATE_LIMITED' && overlaps(call, startedAt - longestWaitMs - slackMs, endedAt),
  );
}

/** By the samples during the operation, the last one before and the first one after: it stays open for seconds. */
function isBreakerOpen({ replica, startedAt, endedAt }: Seen, { samples }: Evidence): boolean {
  const own = samples.filter((sample) => sample.replica === replica);
  const before = own.findLastIndex(({ at }) => at <= startedAt);
  const after = own.findIndex(({ at }) => at >= endedAt);
  const near = own.slice(Math.max(0, before), after === -1 ? own.length : after + 1);
  return near.some(({ breaker }) => breaker !== 'closed');
}

function isOutOfTime({ requestId, startedAt, endedAt }: Seen, evidence: Evidence, limits: Limits): boolean {
  const isSlow = (call: Call) =>
    (call.endedAt ?? endedAt) - call.startedAt >= limits.upstreamTimeoutMs - slackMs;
  return (
    endedAt - startedAt >= limits.operationTimeoutMs - slackMs || evidence.callsOf(requestId).some(isSlow)
  );
}
