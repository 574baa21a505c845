/** Metrics of the upstream: its calls, and its state at each scrape. */
import { type ErrorCode, errorCodes } from '../errors.ts';
import type { UpstreamClient } from '../upstream/client.ts';
import type { CallOutcome, ClientEvents } from '../upstream/observe.ts';
import type { Series } from './series.ts';

/** The outcomes that a call can have. Any other one would be a bug, and is counted as INTERNAL_SERVER_ERROR. */
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

/** Adds the metrics of calls, to which the upstream client reports. */
export function addCallMetrics(series: Series): ClientEvents {
  let callsInFlight = 0;
  const observeDuration = series.addDurations({
    name: 'upstream_call_duration_seconds',
    help: 'Time from sending an upstream call until its answer is read, by outcome. Waits before sending are not included.',
    label: 'outcome',
    values: callOutcomes,
  });
  series.addGauge({
    name: 'upstream_calls_in_flight',
    help: 'Upstream calls that were sent and have not ended.',
    read: () => callsInFlight,
  });
  const countToken = series.addCounters({
    name: 'upstream_token_calls_total',
    help: 'Calls for an access token, by outcome.',
    label: 'outcome',
    values: callOutcomes,
  });
  return {
    ...addEventMetrics(series),
    onSent(call) {
      if (call === 'page') callsInFlight += 1;
    },
    onEnded(call, outcome, durationMs) {
      const counted = callOutcomes.includes(outcome) ? outcome : 'INTERNAL_SERVER_ERROR';
      if (call === 'token') return countToken(counted);
      callsInFlight -= 1;
      observeDuration(counted, durationMs);
    },
  };
}

/**
 * Upper bounds of waits for a permit, in seconds. Most calls do not wait. Asking Redis takes some milliseconds. Until a
 * permit is free it may take a minute, if OPERATION_TIMEOUT_MS allows.
 */
const waitBuckets: readonly number[] = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60];

const addEventMetrics = ({ addCounter, addCounters, addDurations }: Series) => ({
  onWaited: addDurations({
    name: 'upstream_budget_wait_seconds',
    help: 'Time that a page call or token call waited for a permit of its budget. granted: it got one; refused: it could not get one in time (RATE_LIMITED); left: nobody waited for its answer any more.',
    label: 'outcome',
    values: ['granted', 'refused', 'left'],
    buckets: waitBuckets,
  }),
  onRepeat: addCounter({
    name: 'upstream_call_retries_total',
    help: 'Upstream calls that were sent again for the same page: retries, and replays after a 401.',
  }),
  onBreakerRefusal: addCounters({
    name: 'upstream_breaker_refusals_total',
    help: 'Upstream calls that were not made because the upstream, or its token endpoint, has been failing.',
    label: 'call',
    values: ['page', 'token'],
  }),
});

/** What each scrape reads. These functions must not throw, and must be quick. */
export type WatchedUpstream = Pick<
  UpstreamClient,
  'breakerState' | 'areCredentialsRefused' | 'waitingCalls' | 'callsWaitingForSlot' | 'budget'
> & {
  /** Bytes of cached answers. */
  readonly cacheBytes: () => number;
  readonly sharingState: () => 'off' | 'shared' | 'alone';
};

/** Adds the gauges. Returns a function that sets the upstream which they read. Until then they show an unused upstream. */
export function addUpstreamGauges(series: Series): (upstream: WatchedUpstream) => void {
  let watched: WatchedUpstream | undefined;
  addStateGauges(series, () => watched);
  addBudgetGauges(series, () => watched);
  return (upstream) => {
    watched = upstream;
  };
}

type Watched = () => WatchedUpstream | undefined;

function addStateGauges({ addGauge, addGauges }: Series, watched: Watched): void {
  addGauges({
    name: 'upstream_breaker_state',
    help: 'State of the circuit breaker: 1 for the present state, 0 for the others.',
    label: 'state',
    values: ['closed', 'open', 'half-open'],
    read: () => ({ [watched()?.breakerState() ?? 'closed']: 1 }),
  });
  addGauge({
    name: 'upstream_credentials_refused',
    help: "1 while the upstream refuses the gateway's own credentials.",
    read: () => (watched()?.areCredentialsRefused() ? 1 : 0),
  });
  addGauge({
    name: 'cache_bytes',
    help: 'Bytes of the answers that are cached in this process, estimated a little too high: at most CACHE_MAX_BYTES.',
    read: () => watched()?.cacheBytes() ?? 0,
  });
  addGauges({
    name: 'sharing_state',
    help: 'How this replica shares budget and cache: 1 for the present state, 0 for the others. off: without Redis; shared: through Redis; alone: Redis is away, and the replica has its share of the budget.',
    label: 'state',
    values: ['off', 'shared', 'alone'],
    read: () => ({ [watched()?.sharingState() ?? 'off']: 1 }),
  });
}

function addBudgetGauges({ addGauge, addGauges }: Series, watched: Watched): void {
  addGauges({
    name: 'upstream_calls_waiting',
    help: 'Upstream calls that wait. budget: for a permit of their credential; slot: they have a permit, and wait until a call in flight ends.',
    label: 'for',
    values: ['budget', 'slot'],
    read: () => ({ budget: watched()?.waitingCalls() ?? 0, slot: watched()?.callsWaitingForSlot() ?? 0 }),
  });
  addGauge({
    name: 'upstream_budget_limit_calls',
    help: 'Most upstream calls of one credential in any 60 s: of all replicas while they share the budget, otherwise of this replica; +Inf without a limit.',
    read: () => watched()?.budget().limit ?? Number.POSITIVE_INFINITY,
  });
  addGauge({
    name: 'upstream_budget_left_calls',
    help: 'Upstream calls that are left to the credential with fewest left; 0 while the upstream blocks it (429). Calls of other replicas count for a minute, as of the last answer of Redis.',
    read: () => watched()?.budget().left ?? Number.POSITIVE_INFINITY,
  });
  addGauges({
    name: 'upstream_budget_credentials',
    help: 'Credentials whose calls still count, or that are blocked. free: some calls are left; spent: none are left; blocked: the upstream takes no calls for a while (429).',
    label: 'state',
    values: ['free', 'spent', 'blocked'],
    read: () => ({ ...watched()?.budget().credentials }),
  });
  addGauge({
    name: 'upstream_accounts',
    help: 'Upstream credentials that are remembered because their calls still count: at most UPSTREAM_MAX_CREDENTIALS. Idle ones are forgotten a little later.',
    read: () => watched()?.budget().accounts ?? 0,
  });
}
