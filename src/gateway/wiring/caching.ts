/** From settings to the answers that may be used again. */

import { answerLifetime } from '../../ledger/source/answer-lifetime.ts';
import type { Keeping } from '../../ledger/source/page-source.ts';
import { type AnswerStore, createAnswerStore } from '../../store/answer-cache.ts';
import type { GatewayConfig } from './gateway-config.ts';
import type { ReplicaSharing } from './replica-sharing.ts';

/** `now` tells the date, in milliseconds since 1970; `monotonicNow` never goes back. */
type KeepingClocks = { readonly now: () => number; readonly monotonicNow?: (() => number) | undefined };

/** Answers to use again, this process's own or those of all replicas; nothing when no kind of answer may be. */
export function createKeeping(
  config: GatewayConfig,
  { now, monotonicNow = () => performance.now() }: KeepingClocks,
  sharing: ReplicaSharing | undefined,
): (Keeping & Pick<AnswerStore, 'bytes'>) | null {
  const { cacheTtlSeconds, cachePastTtlSeconds } = config;
  if (cacheTtlSeconds === 0 && cachePastTtlSeconds === 0) return null;
  const lifetimes = { presentMs: cacheTtlSeconds * 1000, pastMs: cachePastTtlSeconds * 1000 };
  // By the clock that never goes back: were the other set back by an hour, an answer would be kept for an hour.
  const own = createAnswerStore(monotonicNow, config.cacheMaxBytes);
  const store = sharing?.answersBeside(own) ?? own;
  return {
    ...store,
    bytes: own.bytes,
    ttlMs: (filter, answer) => answerLifetime(lifetimes, filter, answer, now()),
  };
}
