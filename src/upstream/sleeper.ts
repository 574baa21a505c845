/** A sleep that others can cut short. Knows nothing of why anybody sleeps. */

/** One who sleeps. Whoever wakes him between `rest` and `sleep` is heard: then he does not fall asleep. */
export type Sleeper = {
  /** From now on a wake is kept in mind. */
  readonly rest: () => void;
  readonly wake: () => void;
  /** Until so many milliseconds have passed, or somebody wakes. Leaves no timer behind. */
  readonly sleep: (ms: number) => Promise<void>;
};

/** One who is not asleep. */
export function createSleeper(): Sleeper {
  let isAwake = false;
  let wakeUp: (() => void) | undefined;
  return {
    rest() {
      isAwake = false;
    },
    wake() {
      isAwake = true;
      wakeUp?.();
    },
    sleep(ms) {
      if (isAwake) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => wakeUp?.(), ms);
        wakeUp = () => {
          clearTimeout(timer);
          wakeUp = undefined;
          resolve();
        };
      });
    },
  };
}
