/** Upstream calls, counted as they go out or do not. Knows neither requests nor answers, only what became of each call. */

import type { Registry } from 'prom-client';
import { errorCodes } from '../errors.ts';
import { durationBuckets, waitBuckets } from './duration-buckets.ts';
import { createCounter, createCounters, createGauge, createHistograms } from './series.ts';

/** What is told of upstream calls. None of it throws. */
export type CallMetrics = {
  /** A call for a page goes out; gives what is to be told of its end. */
  readonly observeCall: () => (outcome: string) => void;
  /** A token call goes out; gives what is to be told of its end. */
  readonly observeTokenCall: () => (outcome: string) => void;
  /** What happens around the calls that go out. */
  readonly upstreamEvents: UpstreamEvents;
};

/** What happens before a call, or instead of it. */
export type UpstreamEvents = {
  /** A call has waited for its place in the budget, so many milliseconds; `outcome` is one of `waitOutcomes`. */
  readonly onWaited: (outcome: string, waitedMs: number) => void;
  /** A call goes out that is not the first for its page. */
  readonly onRepeat: () => void;
  /** A call, one of `callKinds`, was not made because its breaker is open. */
  readonly onBreakerRefusal: (call: string) => void;
};

const waitOutcomes = ['granted', 'refused', 'left'];
const callKinds = ['page', 'token'];

/** The error codes that a call can end with; any other is told as a fault of ours. */
const callOutcomes = [
  'OK',
  'NO_SUCH_CUSTOMER',
  'CANCELLED',
  ...Object.keys(errorCodes).filter((code) => code.startsWith('UPSTREAM_')),
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CUSTOMER_MERGED',
  'RATE_LIMITED',
  'INTERNAL_SERVER_ERROR',
];

/** Adds the metrics. `now` is a clock in milliseconds that never goes back. */
export function addCallMetrics(registry: Registry, now: () => number): CallMetrics {
  const durations = createHistograms(registry, durationFamily, durationBuckets);
  const inFlight = createGauge(registry, inFlightFamily);
  const tokens = createCounters(registry, tokenFamily);
  return {
    observeCall() {
      const startedAt = now();
      inFlight.inc();
      return (outcome) => {
        inFlight.dec();
        durations.observe({ outcome: told(outcome) }, (now() - startedAt) / 1000);
      };
    },
    observeTokenCall: () => (outcome) => tokens.inc({ outcome: told(outcome) }),
    upstreamEvents: addEventMetrics(registry),
  };
}

function addEventMetrics(registry: Registry): UpstreamEvents {
  const waits = createHistograms(registry, waitFamily, waitBuckets);
  const repeats = createCounter(registry, repeatFamily);
  const breakerRefusals = createCounters(registry, breakerFamily);
  return {
    onWaited: (outcome, waitedMs) => waits.observe({ outcome }, waitedMs / 1000),
    onRepeat: () => repeats.inc(),
    onBreakerRefusal: (call) => breakerRefusals.inc({ call }),
  };
}

function told(outcome: string): string {
  return callOutcomes.includes(outcome) ? outcome : 'INTERNAL_SERVER_ERROR';
}

const durationFamily = {
  name: 'upstream_call_duration_seconds',
  help: 'Time from sending an upstream call to its answer read, by what it came to; without waits before it.',
  label: 'outcome',
  values: callOutcomes,
} as const;

const inFlightFamily = {
  name: 'upstream_calls_in_flight',
  help: 'Upstream calls that have gone out and not ended.',
};

const tokenFamily = {
  name: 'upstream_token_calls_total',
  help: 'Calls for an access token, by what they came to.',
  label: 'outcome',
  values: callOutcomes,
} as const;

const waitFamily = {
  name: 'upstream_budget_wait_seconds',
  help: 'Time that a call, token calls included, waited for its place in the budget. granted: it got one; refused: there was none in time (RATE_LIMITED); left: nobody waited for its answer any more.',
  label: 'outcome',
  values: waitOutcomes,
} as const;

const repeatFamily = {
  name: 'upstream_call_retries_total',
  help: 'Upstream calls that were not the first for their page: retries, and replays after a 401.',
};

const breakerFamily = {
  name: 'upstream_breaker_refusals_total',
  help: 'Upstream calls that were not made because the upstream, or its token endpoint, has been failing.',
  label: 'call',
  values: callKinds,
} as const;
