/** A bound on how many calls are under way at a time, with a fair queue before it. Knows nothing of what waits. */

import { createFairQueue, type FairnessKey, type FairQueue } from './fair-queue.ts';

/** A slot that is held. */
export type Slot = {
  /** Gives it to the next in turn. More than once does nothing. */
  readonly release: () => void;
};

/** A fixed number of slots. */
export type Slots = {
  /**
   * Takes a slot: at once if one is free, else in turn with other fairness keys. Rejects with the signal's reason when that
   * fires first. The key is asked for only by who must wait; all without one count as one.
   */
  readonly acquire: (signal: AbortSignal, keyOf?: () => FairnessKey) => Slot | Promise<Slot>;
  /** How many wait for a slot. */
  readonly waiting: () => number;
};

type Grant = () => void;

/** Builds `count` slots. */
export function createSlots(count: number): Slots {
  let free = count;
  const queue = createFairQueue<Grant>();

  function release(): void {
    const next = queue.takeFirst();
    if (next === undefined) free += 1;
    else next();
  }

  function heldSlot(): Slot {
    let isHeld = true;
    return {
      release() {
        if (isHeld) release();
        isHeld = false;
      },
    };
  }

  return {
    acquire(signal, keyOf = () => []) {
      if (free === 0) return waitInTurn(queue, signal, keyOf()).then(heldSlot);
      free -= 1;
      return heldSlot();
    },
    waiting: queue.size,
  };
}

/** Until a grant or the signal, whichever comes first; leaves no listener behind. */
function waitInTurn(queue: FairQueue<Grant>, signal: AbortSignal, fairnessKey: FairnessKey): Promise<void> {
  return new Promise((resolve, reject) => {
    const grant = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      queue.remove(fairnessKey, grant);
      reject(signal.reason);
    };
    queue.add(fairnessKey, grant);
    signal.addEventListener('abort', leave, { once: true });
  });
}
