/**
 * Shares the event loop's turns: a long piece of work stops every few milliseconds, so that other requests get their turn.
 * Knows nothing of what is done.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Waits for a turn with time left in it, and rejects with the signal's reason once that has fired. Returns undefined when
 * the present turn has time left.
 */
export type YieldTurn = (signal: AbortSignal) => Promise<void> | undefined;

/**
 * How long one turn may go on, in milliseconds, before those who ask have to wait for the next. What is done between two
 * questions comes on top; a reader notices a stop of 20.
 */
const longestTurnMs = 6;

/** One for the whole process: all requests share its turns. `now` is a clock in milliseconds that never goes back. */
export function createTurnShare(now: () => number): YieldTurn {
  let startedAt: number | undefined;

  /** The clock of a turn starts with the first question in it, and stops when the loop comes round. */
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
    // All that wait go on in the same turn, one after the other: the later ones find it long again.
    do await nextTurn();
    while (isLong());
    signal.throwIfAborted();
  }

  return (signal) => (isLong() ? untilShort(signal) : undefined);
}
