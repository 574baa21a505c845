/** Metrics of the upstream: its calls as they happen, and its state at the moment of a scrape. */
import type { Registry } from 'prom-client';
import { type ErrorCode, errorCodes } from '../errors.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { CallObserver, CallOutcome, ClientEvents } from '../upstream/observe.ts';
import { addCounter, addCounters, addDurations, addGauge, addGauges, durationBuckets } from './series.ts';

/** What the upstream client reports to. None of it throws. */
export type CallMetrics = {
  readonly observeCall: CallObserver;
  readonly observeTokenCall: CallObserver;
  readonly upstreamEvents: ClientEvents;
};

/** The outcomes that a call can have; any other is counted as a fault of ours. */
const callOutcomes: readonly CallOutcome[] = [
  'OK',
  'NO_SUCH_CUSTOMER',
  'CANCELLED',
  ...(Object.keys(errorCodes) as ErrorCode[]).filter((code) => code.startsWith('UPSTREAM_')),
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'CUSTOMER_MERGED',
  'RATE_LIMITED',
  'INTERNAL_SERVER_ERROR',
];

function countedOutcome(outcome: CallOutcome): CallOutcome {
  return callOutcomes.includes(outcome) ? outcome : 'INTERNAL_SERVER_ERROR';
}

/** Adds the metrics of calls. `now` is the monotonic clock in milliseconds. */
export function addCallMetrics(registry: Registry, now: () => number): CallMetrics {
  let callsInFlight = 0;
  const observeDuration = addDurations(
    registry,
    {
      name: 'upstream_call_duration_seconds',
      help: 'Time from sending an upstream call until its answer is read, by outcome. Waits before it are not included.',
      label: 'outcome',
      values: callOutcomes,
    },
    durationBuckets,
  );
  addGauge(
    registry,
    { name: 'upstream_calls_in_flight', help: 'Upstream calls that have gone out and not ended.' },
    () => callsInFlight,
  );
  const countToken = addCounters(registry, {
    name: 'upstream_token_calls_total',
    help: 'Calls for an access token, by outcome.',
    label: 'outcome',
    values: callOutcomes,
  });
  return {
    observeCall() {
      const startedAt = now();
      callsInFlight += 1;
      return (outcome) => {
        callsInFlight -= 1;
        observeDuration(countedOutcome(outcome), now() - startedAt);
      };
    },
    observeTokenCall: () => (outcome) => countToken(countedOutcome(outcome)),
    upstreamEvents: addEventMetrics(registry),
  };
}

/**
 * Upper bounds of waits for a permit, in seconds. A wait is none; some milliseconds, for a question to Redis; or up to a
 * minute until a permit is free, as far as OPERATION_TIMEOUT_MS allows.
 */
const waitBuckets: readonly number[] = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60];

function addEventMetrics(registry: Registry): ClientEvents {
  return {
    onWaited: addDurations(
      registry,
      {
        name: 'upstream_budget_wait_seconds',
        help: 'Time that a call, token calls included, waited for a permit of its budget. granted: it got one; refused: none would have come in time (RATE_LIMITED); left: nobody needed its answer any more.',
        label: 'outcome',
        values: ['granted', 'refused', 'left'],
      },
      waitBuckets,
    ),
    onRepeat: addCounter(registry, {
      name: 'upstream_call_retries_total',
      help: 'Upstream calls that were not the first for their page: retries, and replays after a 401.',
    }),
    onBreakerRefusal: addCounters(registry, {
      name: 'upstream_breaker_refusals_total',
      help: 'Upstream calls that were not made because the upstream, or its token endpoint, has been failing.',
      label: 'call',
      values: ['page', 'token'],
    }),
  };
}

/** What each scrape reads. None of it may throw, or take long. */
export type WatchedUpstream = Pick<
  UpstreamClient,
  'breakerState' | 'areCredentialsRefused' | 'waitingCalls' | 'callsWaitingForSlot' | 'accounts' | 'budget'
> & {
  /** Bytes of cached answers. */
  readonly cacheBytes: () => number;
  readonly sharingState: () => 'off' | 'shared' | 'alone';
};

/** Adds the gauges. Returns what sets the upstream that they read; until then they show one that nobody has called. */
export function addUpstreamGauges(registry: Registry): (upstream: WatchedUpstream) => void {
  let watched: WatchedUpstream | undefined;
  addStateGauges(registry, () => watched);
  addBudgetGauges(registry, () => watched);
  return (upstream) => {
    watched = upstream;
  };
}

function addStateGauges(registry: Registry, watched: () => WatchedUpstream | undefined): void {
  const breaker = {
    name: 'upstream_breaker_state',
    help: 'State of the circuit breaker: 1 for the state that it is in.',
    label: 'state',
    values: ['closed', 'open', 'half-open'],
  };
  addGauges(registry, breaker, () => ({ [watched()?.breakerState() ?? 'closed']: 1 }));
  const refused = {
    name: 'upstream_credentials_refused',
    help: "1 while the upstream refuses the gateway's own credentials.",
  };
  addGauge(registry, refused, () => (watched()?.areCredentialsRefused() ? 1 : 0));
  const cache = {
    name: 'cache_bytes',
    help: 'Bytes of the answers that are cached in this process, counted a little too high: at most CACHE_MAX_BYTES.',
  };
  addGauge(registry, cache, () => watched()?.cacheBytes() ?? 0);
  const sharing = {
    name: 'sharing_state',
    help: 'How this replica shares: 1 for the state that it is in. off: without Redis; shared: through Redis; alone: Redis is away, and the replica keeps to its share.',
    label: 'state',
    values: ['off', 'shared', 'alone'],
  };
  addGauges(registry, sharing, () => ({ [watched()?.sharingState() ?? 'off']: 1 }));
}

function addBudgetGauges(registry: Registry, watched: () => WatchedUpstream | undefined): void {
  const waiting = {
    name: 'upstream_calls_waiting',
    help: 'Upstream calls that wait. budget: for a permit of their credential; slot: with a permit, until one of the calls in flight ends.',
    label: 'for',
    values: ['budget', 'slot'],
  };
  addGauges(registry, waiting, () => ({
    budget: watched()?.waitingCalls() ?? 0,
    slot: watched()?.callsWaitingForSlot() ?? 0,
  }));
  const limit = {
    name: 'upstream_budget_limit_calls',
    help: 'Upstream calls of one credential that are allowed in any 60 s: by all replicas while they share, else by this one; +Inf without a limit.',
  };
  addGauge(registry, limit, () => watched()?.budget().limit ?? Number.POSITIVE_INFINITY);
  const left = {
    name: 'upstream_budget_left_calls',
    help: 'Upstream calls that the credential with the fewest has left; 0 while the upstream blocks it (429). Calls of other replicas are included as of the last answer of Redis, for a minute.',
  };
  addGauge(registry, left, () => watched()?.budget().left ?? Number.POSITIVE_INFINITY);
  const credentials = {
    name: 'upstream_budget_credentials',
    help: 'Credentials with calls that still count, or blocked. free: some calls are left; spent: none; blocked: the upstream has refused calls for a while (429).',
    label: 'state',
    values: ['free', 'spent', 'blocked'],
  };
  addGauges(registry, credentials, () => ({ ...watched()?.budget().credentials }));
  const accounts = {
    name: 'upstream_accounts',
    help: 'Upstream credentials that are remembered because their calls still count: at most UPSTREAM_MAX_CREDENTIALS. Some may be idle for a while.',
  };
  addGauge(registry, accounts, () => watched()?.accounts() ?? 0);
}
