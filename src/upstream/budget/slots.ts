/** Slots bound how many calls are in flight at a time. Calls wait for a slot in a fair queue. */

import { type Signal, unlessAborted } from '../signal.ts';
import { createFairQueue, type FairnessKey } from './fair-queue.ts';

/** A fixed number of slots. Each slot that `take` or `wait` gave must be released, once. */
export type Slots = {
  /** Takes a slot if one is free. Returns whether it did. */
  readonly take: () => boolean;
  /** Waits for a slot, in turn with other fairness keys. Rejects with the signal's reason if the signal fires first. */
  readonly wait: (signal: Signal, fairnessKey: FairnessKey) => Promise<void>;
  /** Gives the slot back, or to the next waiter in turn. */
  readonly release: () => void;
  /** How many calls wait for a slot. */
  readonly waiting: () => number;
};

/** Builds `count` slots. */
export function createSlots(count: number): Slots {
  let free = count;
  const queue = createFairQueue<() => void>();
  return {
    take() {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    wait: (signal, fairnessKey) =>
      unlessAborted(signal, (grant) => {
        queue.add(fairnessKey, grant);
        return () => queue.remove(fairnessKey, grant);
      }),
    release() {
      const grant = queue.takeFirst();
      if (grant === undefined) free += 1;
      else grant();
    },
    waiting: queue.size,
  };
}
