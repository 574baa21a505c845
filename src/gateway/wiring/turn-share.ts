/**
 * Shares the event loop: long work pauses every few milliseconds, so that other requests get their turn.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Signal } from '../../upstream/signal.ts';

/**
 * Work pauses after this many milliseconds of one turn. The work between two calls of `yieldTurn` comes on top. A client
 * notices a pause of about 20 ms.
 */
const longestTurnMs = 6;

/**
 * Builds the one turn share of a process, for all its requests. `now` is the monotonic clock in milliseconds. The function
 * returns undefined while the current turn of the event loop has time left. Otherwise it waits for a turn that has. It
 * rejects with the signal's reason once the signal has fired.
 */
export function createTurnShare(now: () => number): (signal: Signal) => Promise<void> | undefined {
  let startedAt: number | undefined;

  /** Measures a turn from the first call in it, and starts anew with the next turn. */
  function isLong(): boolean {
    if (startedAt === undefined) {
      startedAt = now();
      setImmediate(() => {
        startedAt = undefined;
      });
    }
    return now() - startedAt > longestTurnMs;
  }

  async function untilShort(signal: Signal): Promise<void> {
    // All waiting work continues in one turn, piece after piece. The turn may be long again before the last piece.
    do await nextTurn();
    while (isLong());
    signal.throwIfAborted();
  }

  return (signal) => (isLong() ? untilShort(signal) : undefined);
}
