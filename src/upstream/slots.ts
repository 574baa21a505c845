/** A bound on how much is under way at a time, with a fair queue before it. Knows nothing of what waits. */

/** Runs work in one of a fixed number of slots. */
export type Slots = {
  /**
   * Waits for a free slot, first come, first served; then runs `work`, and frees the slot when it has settled,
   * not before, even if nobody cares for its outcome any more. When the signal fires first, rejects with its
   * reason and takes no slot.
   */
  readonly run: <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;
  /** How much waits for a slot. */
  readonly waiting: () => number;
};

/** Builds `count` slots. */
export const createSlots = (count: number): Slots => {
  let free = count;
  const waiting = new Set<() => void>();

  const release = () => {
    const [next] = waiting;
    if (next === undefined) free += 1;
    else next();
  };

  const acquire = (signal: AbortSignal): Promise<void> | undefined => {
    if (free === 0) return enqueue(waiting, signal);
    free -= 1;
    return undefined;
  };

  return {
    run: async (signal, work) => {
      signal.throwIfAborted();
      await acquire(signal);
      try {
        signal.throwIfAborted(); // It may have fired between the grant and here.
        return await work();
      } finally {
        release();
      }
    },
    waiting: () => waiting.size,
  };
};

const enqueue = (waiting: Set<() => void>, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const leave = () => {
      waiting.delete(grant);
      signal.removeEventListener('abort', giveUp);
    };
    const grant = () => {
      leave();
      resolve();
    };
    const giveUp = () => {
      leave();
      reject(signal.reason);
    };
    waiting.add(grant);
    signal.addEventListener('abort', giveUp, { once: true });
  });
