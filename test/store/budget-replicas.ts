/** Replicas that share one budget, for tests: each its connection and its clock. */

import { afterEach } from 'vitest';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import { createRedisLink, type RedisLink } from '../../src/store/redis-link.ts';
import { createRedisPulse, type RedisPulse } from '../../src/store/redis-pulse.ts';
import { createSharedBudget } from '../../src/store/shared-budget.ts';
import type { SharedBudgetOptions } from '../../src/store/shared-budget-options.ts';
import type { CallBudget } from '../../src/upstream/call-budget.ts';

const links: RedisLink[] = [];
const pulses: RedisPulse[] = [];
/** What all replicas hide their names under. */
const keys = deriveRedisKeys('a secret for tests that is long enough');
afterEach(async () => {
  for (const pulse of pulses.splice(0)) pulse.stop();
  for (const link of links.splice(0)) await link.close();
});

/** A replica's budget over Redis, with a clock of its own that stands still. */
export function openReplica(url: string, over: Partial<SharedBudgetOptions> = {}) {
  const link = createRedisLink(url);
  links.push(link);
  const pulse = createRedisPulse(link, keys);
  pulses.push(pulse);
  const clock = { now: 0 };
  const budget = createSharedBudget({
    link,
    pulse,
    keys,
    callsPerMinute: 4,
    replicas: 2,
    longestCallMs: 1000,
    now: () => clock.now,
    ...over,
  });
  return { link, pulse, budget, clock };
}

/** Resolves when a connection turns away or back. */
export const turned = (link: RedisLink, isAway: boolean) =>
  new Promise<void>((resolve) => link.onChange((now) => now === isAway && resolve()));

/** Resolves after so many beats. */
export const beats = ({ pulse }: { readonly pulse: Pick<RedisPulse, 'onBeat'> }, count: number) =>
  new Promise<void>((resolve) => {
    let seen = 0;
    pulse.onBeat(() => {
      seen += 1;
      if (seen === count) resolve();
    });
  });

/** How many of `count` places are given. */
export const taken = async (budget: CallBudget, count: number, credential = 'c') => {
  const grants = await Promise.all(Array.from({ length: count }, () => budget.take(credential)));
  return grants.filter(({ ok }) => ok).length;
};

/** Takes one place, which must be free. */
export const takePlace = async (budget: CallBudget) => {
  const grant = await budget.take('c');
  if (!grant.ok) throw new Error(`Expected a place, got a wait of ${grant.retryAfterMs} ms`);
  return grant.release;
};
