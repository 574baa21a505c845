/** Time limits of a process that may stand still. */

import { expect, it, vi } from 'vitest';
import { setPatience } from '../../src/store/patience.ts';

/** Holds up everything, as a processor does that is given to others. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('is over when the time is up, and not when it was stopped before', async () => {
  const [over, never] = [vi.fn(), vi.fn()];
  setPatience(5, over);
  const stop = setPatience(5, never);
  stop();
  await expect.poll(() => over.mock.calls.length).toBe(1);
  expect(never).not.toHaveBeenCalled();
});

it('is not over while what came in time is unread, because the process stood still', async () => {
  const over = vi.fn();
  const stop = setPatience(20, over);
  const answered = new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  standStill(150);
  await answered.then(stop);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(over).not.toHaveBeenCalled();
});

it('is over soon after the process stood still when nothing has come', async () => {
  const over = vi.fn();
  setPatience(20, over);
  standStill(150);
  await expect.poll(() => over.mock.calls.length).toBe(1);
});
