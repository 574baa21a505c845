/** What a shared budget is made from. Types alone. */
import type { RedisKeys } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import type { RedisPulse } from './redis-pulse.ts';

/** What a shared budget needs. */
export type SharedBudgetOptions = {
  readonly link: RedisLink;
  readonly pulse: Pick<RedisPulse, 'start' | 'onDoubt' | 'onBeat'>;
  readonly keys: RedisKeys;
  /** Calls of one credential in any window, over all replicas; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** How many replicas share the budget. */
  readonly replicas: number;
  /** Milliseconds after which a call has ended for certain: so long is the place of a replica that died kept. */
  readonly longestCallMs: number;
  /** A clock in milliseconds that never goes back. */
  readonly now: () => number;
  /** Milliseconds; the upstream's own window unless given. */
  readonly windowMs?: number;
};
