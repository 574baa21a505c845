/** A bound on how much is under way at a time, with a fair queue before it. Knows nothing of what waits. */

import { createFairQueue, type FairQueue, type Subject } from './fair-queue.ts';

/** Runs work in one of a fixed number of slots. */
export type Slots = {
  /**
   * Waits for a free slot, in turn with other subjects; then runs `work`, and frees the slot when it has settled, not
   * before, even if nobody cares for its outcome any more. When the signal fires first, rejects with its reason and
   * takes no slot. All work without a subject counts as one subject's.
   */
  readonly run: <T>(signal: AbortSignal, work: () => Promise<T>, subject?: Subject) => Promise<T>;
  /** How much waits for a slot. */
  readonly waiting: () => number;
};

type Grant = () => void;

/** Builds `count` slots. */
export function createSlots(count: number): Slots {
  let free = count;
  const queue = createFairQueue<Grant>();

  function acquire(signal: AbortSignal, subject: Subject): Promise<void> | undefined {
    if (free === 0) return standInLine(queue, signal, subject);
    free -= 1;
    return undefined;
  }

  function release(): void {
    const next = queue.takeFirst();
    if (next === undefined) free += 1;
    else next();
  }

  return {
    async run(signal, work, subject = []) {
      signal.throwIfAborted();
      await acquire(signal, subject);
      try {
        signal.throwIfAborted(); // It may have fired between the grant and here.
        return await work();
      } finally {
        release();
      }
    },
    waiting: queue.size,
  };
}

/** Until a grant or the signal, whichever comes first; leaves no listener behind. */
function standInLine(queue: FairQueue<Grant>, signal: AbortSignal, subject: Subject): Promise<void> {
  return new Promise((resolve, reject) => {
    const grant = () => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = () => {
      queue.remove(subject, grant);
      reject(signal.reason);
    };
    queue.add(subject, grant);
    signal.addEventListener('abort', leave, { once: true });
  });
}
