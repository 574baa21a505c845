/**
 * Asks of every operation: does each code that it was told follow from a fault that was seen? Pure. That no fault is
 * kept quiet needs no look here: an answer without a code must be whole, entry for entry, to stand before the model. A
 * call may well fail and nobody miss it, if it turns out that the list had ended before.
 *
 * A code is explained by a call of the operation's own that ended so at the door. Without one it takes other evidence:
 * an open breaker, a spent budget, a token call that failed, the end of the operation's time, or, for people whom many
 * ask for, somebody else's call that this one shared.
 */
import type { Call } from '../../src/sandbox/endpoint/call-log.ts';
import { type Evidence, outcomeOf, overlaps, type Seen, triesOf } from './evidence.ts';
import { mayTryAgain, predict } from './predictions.ts';

/** The bounds that the gateways run under. */
export type Limits = {
  readonly callsPerMinute: number;
  readonly replicas: number;
  readonly retries: number;
  readonly upstreamTimeoutMs: number;
  readonly operationTimeoutMs: number;
};

/** How far a sample, a clock reading or a busy machine may be off, in milliseconds. */
const slackMs = 400;

/** The longest rest of a token endpoint that failed or refused the key: whoever comes meanwhile is told that failure. */
const tokenRestMs = 5000;

/** How much later than the door a replica may know of a token call's end, in milliseconds: a busy machine holds it up. */
const tokenNewsMs = 1500;

/** What cannot be explained about an operation; empty when all is as it must be. */
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

/** One call and its further tries: no more than allowed, and none after an answer that stands. */
function judgeTries(tries: readonly Call[], { retries }: Limits): string[] {
  const outcomes = tries.map(predict);
  const counted = outcomes.filter((outcome) => outcome !== 'UPSTREAM_UNAUTHORIZED');
  const early = tries.slice(0, -1).filter((call) => !mayTryAgain(call));
  return [
    ...early.map((call) => `tried again after ${predict(call)}`),
    ...(counted.length > retries + 1 ? [`${counted.length} tries of one call`] : []),
  ];
}

/** What was made for a client that has left ends with it, unless others wait for it too. */
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

/** The budget, or this replica's part of it, has been called for within the last window. */
function isSpent({ endedAt }: Seen, { arrivals, samples }: Evidence, limits: Limits): boolean {
  const windowMs = 60_000 + limits.upstreamTimeoutMs + slackMs;
  const isRecent = (at: number) => at > endedAt - windowMs && at <= endedAt;
  const wasAlone = samples.some(({ at, sharing }) => sharing === 'alone' && isRecent(at));
  const budget = limits.callsPerMinute / (wasAlone ? limits.replicas : 1);
  return arrivals.filter(isRecent).length >= budget * 0.9;
}

/** Some call of the same credential was answered 429, not longer ago than it asked to wait. */
function isBlocked({ startedAt, endedAt }: Seen, { allCalls }: Evidence): boolean {
  const longestWaitMs = 3000;
  return allCalls.some(
    (call) =>
      predict(call) === 'RATE_LIMITED' && overlaps(call, startedAt - longestWaitMs - slackMs, endedAt),
  );
}

/** At a look during the operation, the last before it, or the first after: it stays open for seconds. */
function isBreakerOpen({ replica, startedAt, endedAt }: Seen, { samples }: Evidence): boolean {
  const own = samples.filter((sample) => sample.replica === replica);
  const before = own.findLastIndex(({ at }) => at <= startedAt);
  const after = own.findIndex(({ at }) => at >= endedAt);
  const looks = own.slice(Math.max(0, before), after === -1 ? own.length : after + 1);
  return looks.some(({ breaker }) => breaker !== 'closed');
}

function isOutOfTime({ requestId, startedAt, endedAt }: Seen, evidence: Evidence, limits: Limits): boolean {
  const isSlow = (call: Call) =>
    (call.endedAt ?? endedAt) - call.startedAt >= limits.upstreamTimeoutMs - slackMs;
  return (
    endedAt - startedAt >= limits.operationTimeoutMs - slackMs || evidence.callsOf(requestId).some(isSlow)
  );
}
