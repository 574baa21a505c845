/** Slots bound how many calls are in flight at a time. Calls wait for a slot in a fair queue. */

import type { AbortListener, Signal } from '../signal.ts';
import { createFairQueue, type FairnessKey } from './fair-queue.ts';

/** A fixed number of slots. Each slot that `take` or `wait` gave must be released, once. */
export type Slots = ReturnType<typeof createSlots>;

/** Builds `count` slots. */
export function createSlots(count: number) {
  let free = count;
  const queue = createFairQueue<SlotWait>();
  return {
    /** Takes a slot if one is free. Returns whether it did. */
    take(): boolean {
      if (free === 0) return false;
      free -= 1;
      return true;
    },
    /** Waits for a slot, in turn with other fairness keys. Rejects with the signal's reason if the signal fires first. */
    wait(signal: Signal, fairnessKey: FairnessKey): Promise<void> {
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const wait = new SlotWait(signal, resolve, () => {
          queue.remove(fairnessKey, wait);
          reject(signal.reason);
        });
        queue.add(fairnessKey, wait);
      });
    },
    /** Gives the slot back, or to the next waiter in turn. */
    release(): void {
      const next = queue.takeFirst();
      if (next === undefined) free += 1;
      else next.end();
    },
    /** How many calls wait for a slot. */
    waiting: queue.size,
  };
}

/** Not `unlessAborted`: its closures take more memory, and very many calls may wait here. */
class SlotWait implements AbortListener {
  readonly #signal: Signal;
  readonly #resolve: () => void;
  readonly #leave: () => void;

  constructor(signal: Signal, resolve: () => void, leave: () => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    this.#leave = leave;
    signal.addEventListener('abort', this);
  }

  handleEvent(): void {
    this.end(this.#leave);
  }

  end(how = this.#resolve): void {
    this.#signal.removeEventListener('abort', this);
    how();
  }
}
