/**
 * Shares the event loop: a long piece of work pauses every few milliseconds, so that other requests get their turn. Knows
 * nothing of what is done.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Waits for a turn with time left in it, and rejects with the signal's reason once that has fired. Returns undefined when
 * the present turn has time left.
 */
export type YieldTurn = (signal: AbortSignal) => Promise<void> | undefined;

/**
 * After so many milliseconds of one turn, work waits for the next. What is done between two calls of `yieldTurn` comes on
 * top; a reader notices a stop of 20.
 */
const longestTurnMs = 6;

/** One for the whole process, whose turns all requests share. `now` is the monotonic clock in milliseconds. */
export function createTurnShare(now: () => number): YieldTurn {
  let startedAt: number | undefined;

  /** The clock of a turn starts with the first call in it, and stops when the next turn begins. */
  function isLong(): boolean {
    if (startedAt === undefined) {
      startedAt = now();
      setImmediate(() => {
        startedAt = undefined;
      });
    }
    return now() - startedAt > longestTurnMs;
  }

  async function untilShort(signal: AbortSignal): Promise<void> {
    // All waiting work goes on in the same turn, one after the other: for the later ones it is long again.
    do await nextTurn();
    while (isLong());
    signal.throwIfAborted();
  }

  return (signal) => (isLong() ? untilShort(signal) : undefined);
}
