/** Replicas that share one budget, for tests: each its connection and its clock. */

import { afterEach } from 'vitest';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import { createRedisLink, type RedisLink } from '../../src/store/redis-link.ts';
import { createSharedBudget, type SharedBudgetOptions } from '../../src/store/shared-budget.ts';
import type { CallBudget } from '../../src/upstream/budget/call-budget.ts';

const links: RedisLink[] = [];
/** What all replicas hide their names under. */
const keys = deriveRedisKeys('a secret for tests that is long enough');
afterEach(async () => {
  for (const link of links.splice(0)) await link.close();
});

/** A replica's budget over Redis, with a clock of its own that stands still. */
export function openReplica(url: string, over: Partial<SharedBudgetOptions> = {}) {
  const link = createRedisLink(url);
  links.push(link);
  const clock = { now: 0 };
  const budget = createSharedBudget({
    link,
    keys,
    callsPerMinute: 4,
    replicas: 2,
    longestCallMs: 1000,
    now: () => clock.now,
    ...over,
  });
  return { link, budget, clock };
}

/** Resolves when a connection turns away or back. */
export const turned = (link: RedisLink, isAway: boolean) =>
  new Promise<void>((resolve) => link.onChange((now) => now === isAway && resolve()));

/** How many of `count` permits are given, in as many questions as that takes. */
export const taken = async (budget: CallBudget, count: number, credential = 'c') => {
  let given = 0;
  for (;;) {
    const { permits } = await budget.take(credential, count - given, 0);
    given += permits.length;
    if (permits.length === 0 || given === count) return given;
  }
};

/** Takes one permit, which must be free. */
export const takeOne = async (budget: CallBudget) => {
  const { permits, waitsMs } = await budget.take('c', 1, 0);
  if (permits[0] === undefined) throw new Error(`Expected a permit, got a wait of ${waitsMs} ms`);
  return permits[0].release;
};

/** The waits of so many permits that cannot be had now. */
export const waitsOf = async (budget: CallBudget, count: number) => {
  const { permits, waitsMs } = await budget.take('c', count, 0);
  if (permits.length > 0) throw new Error('Expected no permit');
  return waitsMs;
};
