/**
 * Builds the cache of answers, and what replicas share through Redis. Opens no connection before the first use.
 */
import type { Config } from '../../config.ts';
import type { AnswerCache } from '../../ledger/source/page-source.ts';
import { type AnswerStore, createAnswerStore } from '../../store/answer-cache.ts';
import { deriveRedisKeys } from '../../store/redis-keys.ts';
import type { RedisLink } from '../../store/redis-link.ts';
import { createSharedAnswers } from '../../store/shared-answers.ts';
import { createSharedBudget } from '../../store/shared-budget.ts';
import type { Log } from '../../telemetry/log.ts';
import type { LedgerFilter, PageAnswer } from '../../upstream/page-request.ts';

/** `now` is the monotonic clock in milliseconds; `wallNow` is the date, in milliseconds since 1970. */
export type Clocks = { readonly now: () => number; readonly wallNow: () => number };

/** What replicas share. */
export type ReplicaSharing = ReturnType<typeof createReplicaSharing>;

/** How long after its timeout a call may still take to end and to report its end, in milliseconds. */
const endingMs = 5000;

/**
 * Builds the sharing between replicas. Logs every change of state, because a replica without Redis goes on serving.
 */
export function createReplicaSharing(
  link: RedisLink,
  settings: Omit<Config, 'upstream'>,
  { now, wallNow, log }: Clocks & { readonly log: Pick<Log, 'info' | 'warn'> },
) {
  const keys = deriveRedisKeys(settings.idSecret);
  link.onChange((isAway) => {
    if (isAway) log.warn({ sharing: 'alone' }, 'Redis is away: this replica keeps to its own share');
    else log.info({ sharing: 'shared' }, 'Redis is back: replicas share again');
  });
  return {
    /** `alone`: Redis is away, and this replica uses its own share. */
    state: () => (link.isAway() ? 'alone' : 'shared'),
    /** One call budget for all replicas. Without UPSTREAM_CALLS_PER_MINUTE they still share the upstream's 429. */
    budget: createSharedBudget({
      link,
      keys,
      callsPerMinute: settings.upstreamCallsPerMinute ?? Number.POSITIVE_INFINITY,
      mostAccounts: settings.upstreamMaxCredentials,
      replicas: settings.replicas,
      // A call takes its permit before it waits for a slot. That wait ends with its operation at the latest.
      longestCallMs: settings.operationTimeoutMs + settings.upstreamTimeoutMs + endingMs,
      now,
    }),
    /** Adds the answers of all replicas to this replica's own store. */
    withSharedAnswers: (own: AnswerStore) => createSharedAnswers({ own, link, keys, wallNow }),
    close: link.close,
  };
}

/** Builds the cache of answers, for this process or for all replicas; `null` when the settings turn it off. */
export function createAnswerCache(
  config: Pick<Config, 'cacheTtlSeconds' | 'cachePastTtlSeconds' | 'cacheMaxBytes'>,
  { now, wallNow }: Clocks,
  sharing: ReplicaSharing | undefined,
): (AnswerCache & Pick<AnswerStore, 'bytes'>) | null {
  if (config.cacheTtlSeconds === 0 && config.cachePastTtlSeconds === 0) return null;
  // On the monotonic clock: if the wall clock were set back by an hour, answers would live an hour longer.
  const own = createAnswerStore(now, config.cacheMaxBytes);
  const store = sharing?.withSharedAnswers(own) ?? own;
  return {
    read: store.read,
    write(list, filter, answer) {
      const ttlMs = answerTtlMs(config, filter, answer, wallNow());
      if (ttlMs > 0) store.write(list, answer, ttlMs);
    },
    bytes: own.bytes,
  };
}

/**
 * Time zones reach from UTC−12 to UTC+14, which is 26 hours. The programme's zone is unknown, so a moment without a zone
 * counts as past only after that time.
 */
const zoneSpreadMs = 26 * 60 * 60 * 1000;

/** How long "no such customer" is cached, in milliseconds. The customer may be registered at any moment. */
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
