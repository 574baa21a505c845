/** Slots bound how many calls are in flight at a time. Calls wait for a slot in a fair queue. */

import { type Signal, unlessAborted, type Wait } from '../signal.ts';
import { createFairQueue, type FairnessKey } from './fair-queue.ts';

/** A fixed number of slots. Each slot that `take` or `wait` gave must be released, once. */
export type Slots = ReturnType<typeof createSlots>;

/** Builds `count` slots. */
export function createSlots(count: number) {
  let free = count;
  const queue = createFairQueue<Wait<void>>();
  return {
    /** Takes a slot if one is free. Returns whether it did. */
    take(): boolean {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    /** Waits for a slot, in turn with other fairness keys. Rejects with the signal's reason if the signal fires first. */
    wait: (signal: Signal, fairnessKey: FairnessKey): Promise<void> =>
      unlessAborted(signal, (wait) => {
        queue.add(fairnessKey, wait);
        return () => queue.remove(fairnessKey, wait);
      }),
    /** Gives the slot back, or to the next waiter in turn. */
    release(): void {
      const next = queue.takeFirst();
      if (next === undefined) free += 1;
      else next.resolve();
    },
    /** How many calls wait for a slot. */
    waiting: queue.size,
  };
}
