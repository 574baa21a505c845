/**
 * What outlives a request: the cache of answers, and what replicas share through Redis. Opens no connection before it is
 * used.
 */
import type { Config } from '../../config.ts';
import type { AnswerCache } from '../../ledger/source/page-source.ts';
import { type AnswerStore, createAnswerStore } from '../../store/answer-cache.ts';
import { deriveRedisKeys } from '../../store/redis-keys.ts';
import { createRedisLink } from '../../store/redis-link.ts';
import { createSharedAnswers, type SharedAnswerStore } from '../../store/shared-answers.ts';
import { createSharedBudget } from '../../store/shared-budget.ts';
import type { Log } from '../../telemetry/log.ts';
import type { CallBudget } from '../../upstream/budget/call-budget.ts';
import type { LedgerFilter, PageAnswer } from '../../upstream/page-request.ts';

/** `now` is the monotonic clock in milliseconds; `wallNow` is the date, in milliseconds since 1970. */
export type Clocks = { readonly now: () => number; readonly wallNow: () => number };

/** What replicas share. */
export type ReplicaSharing = {
  /** `alone`: Redis is away, and this replica goes on by itself. */
  readonly state: () => 'shared' | 'alone';
  /** One budget for all replicas. Without a limit of its own it still shares the upstream's 429. */
  readonly budget: CallBudget;
  /** The answers of all replicas, beside this one's own. */
  readonly answersBeside: (own: AnswerStore) => SharedAnswerStore;
  readonly close: () => Promise<void>;
};

/** The settings that concern it. */
type SharingSettings = Pick<
  Config,
  'redisUrl' | 'replicas' | 'idSecret' | 'upstreamCallsPerMinute' | 'upstreamTimeoutMs' | 'operationTimeoutMs'
>;

/** Milliseconds beyond its timeout after which a call has certainly ended, and its end is reported. */
const endingMs = 5000;

/**
 * Shares what the settings say; `undefined` without REDIS_URL. Logs every change of the state: without Redis a replica
 * serves on, and only the log shows it.
 */
export function createReplicaSharing(
  settings: SharingSettings,
  { now, wallNow }: Clocks,
  log: Pick<Log, 'info' | 'warn'>,
): ReplicaSharing | undefined {
  if (settings.redisUrl === undefined) return undefined;
  const link = createRedisLink({ url: settings.redisUrl, now });
  const keys = deriveRedisKeys(settings.idSecret);
  link.onChange((isAway) => {
    if (isAway) log.warn({ sharing: 'alone' }, 'Redis is away: this replica keeps to its own share');
    else log.info({ sharing: 'shared' }, 'Redis is back: replicas share again');
  });
  return {
    state: () => (link.isAway() ? 'alone' : 'shared'),
    budget: createSharedBudget({
      link,
      keys,
      callsPerMinute: settings.upstreamCallsPerMinute ?? Number.POSITIVE_INFINITY,
      replicas: settings.replicas,
      // A call takes its permit before it waits for a slot, for no longer than an operation lasts.
      longestCallMs: settings.operationTimeoutMs + settings.upstreamTimeoutMs + endingMs,
      now,
    }),
    answersBeside: (own) => createSharedAnswers({ own, link, keys, wallNow }),
    close: link.close,
  };
}

/** The cache of answers, of this process or of all replicas; `null` when no kind of answer may be used again. */
export function createAnswerCache(
  config: Pick<Config, 'cacheTtlSeconds' | 'cachePastTtlSeconds' | 'cacheMaxBytes'>,
  { now, wallNow }: Clocks,
  sharing: ReplicaSharing | undefined,
): (AnswerCache & Pick<AnswerStore, 'bytes'>) | null {
  if (config.cacheTtlSeconds === 0 && config.cachePastTtlSeconds === 0) return null;
  // By the monotonic clock: were the date set back by an hour, an answer would stay an hour longer.
  const own = createAnswerStore(now, config.cacheMaxBytes);
  const store = sharing?.answersBeside(own) ?? own;
  return {
    ...store,
    bytes: own.bytes,
    ttlMs: (filter, answer) => answerTtlMs(config, filter, answer, wallNow()),
  };
}

/** Zones reach from UTC−12 to UTC+14, and the programme's is unknown: a moment without a zone is over after 26 hours. */
const zoneSpreadMs = 26 * 60 * 60 * 1000;

/** "No such customer" is cached briefly: the customer may be registered at any moment. */
const absenceMs = 5000;

function answerTtlMs(
  { cacheTtlSeconds, cachePastTtlSeconds }: Pick<Config, 'cacheTtlSeconds' | 'cachePastTtlSeconds'>,
  { endDate }: LedgerFilter,
  answer: PageAnswer,
  now: number,
): number {
  const isPast = endDate !== undefined && Date.parse(`${endDate}Z`) + zoneSpreadMs < now;
  const ttlMs = (isPast ? cachePastTtlSeconds : cacheTtlSeconds) * 1000;
  return answer === null ? Math.min(ttlMs, absenceMs) : ttlMs;
}
