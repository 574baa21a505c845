/** How things stand with the upstream at the moment of a scrape. Knows nothing of what it asks. */

import type { Registry } from 'prom-client';
import { addLookedUp, addLookedUpEach } from './series.ts';

/** What is asked at each scrape. Nothing of it may throw, or be dear. */
export type WatchedUpstream = {
  /** One of `breakerStates`. */
  readonly breakerState: () => string;
  readonly areCredentialsRefused: () => boolean;
  /** How many calls wait for their credential's budget. */
  readonly waitingCalls: () => number;
  /** How many have that, and wait for a slot. */
  readonly callsWaitingForSlot: () => number;
  /** How many credentials calls are counted for. */
  readonly accounts: () => number;
  /** The budget over all credentials. Counts of `credentials` are by `credentialStates`. */
  readonly budget: () => {
    readonly limit: number;
    readonly left: number;
    readonly credentials: Readonly<Record<string, number>>;
  };
  /** Bytes of answers kept for reuse. */
  readonly cacheBytes: () => number;
  /** One of `sharingStates`. */
  readonly sharingState: () => string;
};

const breakerStates = ['closed', 'open', 'half-open'];
const sharingStates = ['off', 'shared', 'alone'];
const credentialStates = ['free', 'spent', 'blocked'];

/** An upstream that nobody has called. */
const unwatched: WatchedUpstream = {
  breakerState: () => 'closed',
  areCredentialsRefused: () => false,
  waitingCalls: () => 0,
  callsWaitingForSlot: () => 0,
  accounts: () => 0,
  cacheBytes: () => 0,
  budget: () => ({ limit: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY, credentials: {} }),
  sharingState: () => 'off',
};

/** Adds the gauges; gives what sets the upstream that they look at from then on. */
export function addUpstreamGauges(registry: Registry): (upstream: WatchedUpstream) => void {
  let watched = unwatched;
  addLookedUpEach(registry, breakerFamily, () => ({ [watched.breakerState()]: 1 }));
  addLookedUp(registry, refusedFamily, () => (watched.areCredentialsRefused() ? 1 : 0));
  addLookedUpEach(registry, waitingFamily, () => ({
    budget: watched.waitingCalls(),
    slot: watched.callsWaitingForSlot(),
  }));
  addLookedUp(registry, limitFamily, () => watched.budget().limit);
  addLookedUp(registry, leftFamily, () => watched.budget().left);
  addLookedUpEach(registry, credentialsFamily, () => watched.budget().credentials);
  addLookedUp(registry, accountsFamily, () => watched.accounts());
  addLookedUp(registry, cacheFamily, () => watched.cacheBytes());
  addLookedUpEach(registry, sharingFamily, () => ({ [watched.sharingState()]: 1 }));
  return (upstream) => {
    watched = upstream;
  };
}

const breakerFamily = {
  name: 'upstream_breaker_state',
  help: 'State of the circuit breaker: 1 for the one that it is in.',
  label: 'state',
  values: breakerStates,
};

const refusedFamily = {
  name: 'upstream_credentials_refused',
  help: "1 while the upstream refuses the gateway's own credentials.",
};

const waitingFamily = {
  name: 'upstream_calls_waiting',
  help: 'Upstream calls that wait. budget: for a place in the budget of their credential; slot: with such a place, for one of the calls in flight to end.',
  label: 'for',
  values: ['budget', 'slot'],
};

const limitFamily = {
  name: 'upstream_budget_limit_calls',
  help: 'Upstream calls of one credential that are allowed in any 60 s: by all replicas while they share, else by this one; +Inf without a limit.',
};

const leftFamily = {
  name: 'upstream_budget_left_calls',
  help: 'Upstream calls left right now to the credential that has the fewest, 0 while the upstream has told it to wait. Of the calls of other replicas it knows what Redis told when this one last asked, for a minute.',
};

const credentialsFamily = {
  name: 'upstream_budget_credentials',
  help: 'Credentials with calls that still count, or told to wait. free: some calls are left; spent: none; blocked: the upstream has told it to wait (429).',
  label: 'state',
  values: credentialStates,
};

const accountsFamily = {
  name: 'upstream_accounts',
  help: 'Upstream credentials that are remembered because calls of theirs still count: at most UPSTREAM_MAX_CREDENTIALS. Idle ones may be among them for a while.',
};

const cacheFamily = {
  name: 'cache_bytes',
  help: 'Bytes of the answers that are kept for reuse in this process, counted a little too high: at most CACHE_MAX_BYTES.',
};

const sharingFamily = {
  name: 'sharing_state',
  help: 'How this replica shares: 1 for the state that it is in. off: without Redis; shared: through Redis; alone: Redis is away, and it keeps to its share.',
  label: 'state',
  values: sharingStates,
};
