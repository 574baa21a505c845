/**
 * Turns of the event loop, so that what the kernel holds can be told from what this process has read. Knows neither
 * connections nor requests.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';

/** A turn that is shorter than this, in milliseconds, had hardly room for an arrival after it had looked. */
const shortTurnMs = 1;

/**
 * Waits for the end of the turn, right after the loop has looked for arrivals: it has read from every connection that
 * had sent something (libuv asks for 1024 at a time, up to 48 times). Tells whether the turn was short, and so
 * whether nothing but the arrivals of this last millisecond can still be unread.
 */
export async function isShortTurn(): Promise<boolean> {
  const startedAt = performance.now();
  await nextTurn();
  return performance.now() - startedAt < shortTurnMs;
}

/** Waits for the end of a short turn, at least for the end of one, and no longer than `withinMs` for a short one. */
export async function untilShortTurn(withinMs: number): Promise<void> {
  const until = performance.now() + withinMs;
  while (!(await isShortTurn()) && performance.now() < until);
}
