/**
 * The metrics, in Prometheus' text format. Knows prom-client, and nothing of what it is told. Labels take their
 * values from fixed tables alone, so that no client can make series, nor name anyone in one.
 */

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { errorCodes } from '../errors.ts';
import { loggedCodes, type OperationEnd, type Outcome, outcomeOf } from './operation-line.ts';
import { type RequestCosts, type Saving, savingMeanings, savingsOf } from './savings.ts';

/** The metrics as everyone else sees them. What is told here never throws. */
export type Metrics = {
  /** An HTTP request was answered: its operations, and what it cost. */
  readonly countRequest: (ends: readonly OperationEnd[], costs: RequestCosts) => void;
  /** An upstream call goes out; gives what is to be told of its end. */
  readonly observeCall: () => (outcome: string) => void;
  /** A token call goes out; gives what is to be told of its end. */
  readonly observeTokenCall: () => (outcome: string) => void;
  /** From now on each scrape asks this upstream how it is. Until then it is as one that nobody has called. */
  readonly watchUpstream: (upstream: WatchedUpstream) => void;
  /** A fault that no operation caught. */
  readonly countStrayFault: (kind: StrayFault) => void;
  /** All series, as text, and the type of that text. */
  readonly read: () => Promise<{ readonly contentType: string; readonly text: string }>;
};

/** What is told of an upstream at the moment of a scrape. */
export type WatchedUpstream = {
  /** One of `breakerStates`. */
  readonly breakerState: () => string;
  readonly areCredentialsRefused: () => boolean;
};

/** A fault outside every operation: thrown where nobody catches, or rejected where nobody waits. */
export type StrayFault = 'exception' | 'rejection';

/** How metrics are made. */
export type MetricsOptions = {
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** Adds Node's own metrics of the process. Off where several gateways share one: they watch it all alike. */
  readonly withProcess?: boolean;
};

/** Goes before every name of ours. The process's own keep the names that every dashboard knows. */
const prefix = 'ledger_gateway_';

/**
 * In seconds. An operation is one call or a few in a row, from a kept answer's millisecond to the 30 s of
 * OPERATION_TIMEOUT_MS; a call is bounded by the 10 s of UPSTREAM_TIMEOUT_MS. 0.25 and 1 are where people
 * begin to notice, and to leave.
 */
const durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

const outcomes: readonly Outcome[] = ['ok', 'partial', 'error', 'aborted'];
const codes = Object.keys(errorCodes);
const savings = Object.keys(savingMeanings) as Saving[];
const breakerStates = ['closed', 'open', 'half-open'];
const strayFaults: readonly StrayFault[] = ['exception', 'rejection'];

/** The error codes that a call can end with; any other is told as a fault of ours. */
const callOutcomes = [
  'OK',
  'NO_SUCH_CUSTOMER',
  'CANCELLED',
  ...codes.filter((code) => code.startsWith('UPSTREAM_')),
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CUSTOMER_MERGED',
  'RATE_LIMITED',
  'INTERNAL_SERVER_ERROR',
];

/** Builds metrics that all stand at zero. Every series is there from the start, so that rates see the first event. */
export function createMetrics({ now, withProcess = false }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (withProcess) collectDefaultMetrics({ register: registry });
  const operations = operationMetrics(registry);
  const calls = callMetrics(registry);
  const faults = zeroed(
    counter(registry, 'stray_faults_total', 'kind', 'Faults outside every operation; the process goes on.'),
    'kind',
    strayFaults,
  );
  return {
    countRequest(ends, costs) {
      for (const end of ends) countOperation(operations, end);
      if (ends.length === 0) return; // A page or a probe.
      const saved = savingsOf(costs, ends.some(isFlawed));
      for (const saving of savings) operations.saved.inc({ by: saving }, saved[saving]);
    },
    observeCall() {
      const startedAt = now();
      calls.inFlight.inc();
      return (outcome) => {
        calls.inFlight.dec();
        calls.durations.observe({ outcome: told(outcome) }, (now() - startedAt) / 1000);
      };
    },
    observeTokenCall: () => (outcome) => calls.tokens.inc({ outcome: told(outcome) }),
    watchUpstream: watchable(registry),
    countStrayFault: (kind) => faults.inc({ kind }),
    read: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

type OperationMetrics = ReturnType<typeof operationMetrics>;

function operationMetrics(registry: Registry) {
  const help = 'Time from the arrival of an operation to its answer, by what it came to.';
  const saved = savings.map((saving) => `${saving}: ${savingMeanings[saving]}`).join('; ');
  return {
    durations: zeroed(
      histogram(registry, 'operation_duration_seconds', 'outcome', help),
      'outcome',
      outcomes,
    ),
    errors: zeroed(
      counter(registry, 'operation_errors_total', 'code', 'Operations with at least one error of this code.'),
      'code',
      codes,
    ),
    saved: zeroed(
      counter(registry, 'upstream_calls_saved_total', 'by', `Upstream calls that were not made. ${saved}.`),
      'by',
      savings,
    ),
  };
}

function callMetrics(registry: Registry) {
  const help =
    'Time from sending an upstream call to its answer read, by what it came to; without waits before it.';
  const inFlight = new Gauge({
    name: `${prefix}upstream_calls_in_flight`,
    help: 'Upstream calls that have gone out and not ended.',
    registers: [registry],
  });
  return {
    durations: zeroed(
      histogram(registry, 'upstream_call_duration_seconds', 'outcome', help),
      'outcome',
      callOutcomes,
    ),
    inFlight,
    tokens: zeroed(
      counter(
        registry,
        'upstream_token_calls_total',
        'outcome',
        'Calls for an access token, by what they came to.',
      ),
      'outcome',
      callOutcomes,
    ),
  };
}

function told(outcome: string): string {
  return callOutcomes.includes(outcome) ? outcome : 'INTERNAL_SERVER_ERROR';
}

/** Gauges that look at an upstream when they are scraped; gives what sets the upstream. */
function watchable(registry: Registry): Metrics['watchUpstream'] {
  let watched: WatchedUpstream = { breakerState: () => 'closed', areCredentialsRefused: () => false };
  const registers = [registry];
  new Gauge({
    name: `${prefix}upstream_breaker_state`,
    help: 'State of the circuit breaker: 1 for the one that it is in.',
    labelNames: ['state'],
    registers,
    collect() {
      const now = watched.breakerState();
      for (const state of breakerStates) this.set({ state }, state === now ? 1 : 0);
    },
  });
  new Gauge({
    name: `${prefix}upstream_credentials_refused`,
    help: "1 while the upstream refuses the gateway's own credentials.",
    registers,
    collect() {
      this.set(watched.areCredentialsRefused() ? 1 : 0);
    },
  });
  return (upstream) => {
    watched = upstream;
  };
}

function countOperation({ durations, errors }: OperationMetrics, end: OperationEnd): void {
  durations.observe({ outcome: outcomeOf(end) }, end.durationMs / 1000);
  for (const code of loggedCodes(end.errorCodes)) errors.inc({ code });
}

function isFlawed({ isAborted, errorCodes: found }: OperationEnd): boolean {
  return isAborted || found.length > 0;
}

function counter<Label extends string>(registry: Registry, name: string, label: Label, help: string) {
  return new Counter({ name: `${prefix}${name}`, help, labelNames: [label], registers: [registry] });
}

function histogram<Label extends string>(registry: Registry, name: string, label: Label, help: string) {
  const names = { name: `${prefix}${name}`, help, labelNames: [label] };
  return new Histogram({ ...names, buckets: durationBuckets, registers: [registry] });
}

/** Puts every series of a metric at zero. */
function zeroed<Kind extends Counter | Histogram>(
  metric: Kind,
  label: string,
  values: readonly string[],
): Kind {
  for (const value of values) {
    if (metric instanceof Histogram) metric.zero({ [label]: value });
    else metric.inc({ [label]: value }, 0);
  }
  return metric;
}
