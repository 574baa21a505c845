/** What replicas share through Redis: one connection, and the stores over it. Opens nothing before it is used. */

import type { Config } from '../../config.ts';
import type { AnswerStore } from '../../store/answer-cache.ts';
import { deriveRedisKeys } from '../../store/redis-keys.ts';
import { createRedisLink } from '../../store/redis-link.ts';
import { createSharedAnswers, type SharedAnswerStore } from '../../store/shared-answers.ts';
import { createSharedBudget } from '../../store/shared-budget.ts';
import type { Log } from '../../telemetry/log.ts';
import type { CallBudget } from '../../upstream/budget/call-budget.ts';

/** Whether this replica shares with the others, or goes on by itself because Redis is away. */
export type SharingState = 'shared' | 'alone';

/** What is shared. */
export type ReplicaSharing = {
  readonly state: () => SharingState;
  /** Told of every change of the state. */
  readonly onChange: (listener: (state: SharingState) => void) => void;
  /** One budget for all replicas. Without a limit of its own it still shares the upstream's 429. */
  readonly budget: CallBudget;
  /** The answers of all replicas, beside this one's own. */
  readonly answersBeside: (own: AnswerStore) => SharedAnswerStore;
  readonly close: () => Promise<void>;
};

/** The settings that concern it. */
export type SharingSettings = Pick<
  Config,
  'redisUrl' | 'replicas' | 'idSecret' | 'upstreamCallsPerMinute' | 'upstreamTimeoutMs' | 'operationTimeoutMs'
>;

/** Milliseconds beyond its timeout after which a call has ended for certain, and its end has been told. */
const endingMs = 5000;

/** Shares what the settings ask for; `undefined` without REDIS_URL. `now` is milliseconds since 1970. */
export function createReplicaSharing(
  settings: SharingSettings,
  now: () => number,
): ReplicaSharing | undefined {
  if (settings.redisUrl === undefined) return undefined;
  const link = createRedisLink(settings.redisUrl);
  const keys = deriveRedisKeys(settings.idSecret);
  const stateOf = (isAway: boolean): SharingState => (isAway ? 'alone' : 'shared');
  return {
    state: () => stateOf(link.isAway()),
    onChange: (listener) => link.onChange((isAway) => listener(stateOf(isAway))),
    budget: createSharedBudget({
      link,
      keys,
      callsPerMinute: settings.upstreamCallsPerMinute ?? Number.POSITIVE_INFINITY,
      replicas: settings.replicas,
      // A permit is taken before the call waits for a slot, for no longer than an operation lasts.
      longestCallMs: settings.operationTimeoutMs + settings.upstreamTimeoutMs + endingMs,
      now: () => performance.now(),
    }),
    answersBeside: (own) => createSharedAnswers({ own, link, keys, now }),
    close: link.close,
  };
}

/** Has the log tell of every change: a replica that cannot reach Redis serves on, and nobody would notice. */
export function logSharing(
  { onChange }: Pick<ReplicaSharing, 'onChange'>,
  log: Pick<Log, 'info' | 'warn'>,
): void {
  onChange((state) => {
    if (state === 'alone') log.warn({ sharing: state }, 'Redis is away: this replica keeps to its own share');
    else log.info({ sharing: state }, 'Redis is back: replicas share again');
  });
}
