/** How long replies of Redis are waited for. */

/** Resolves as `reply` does. @throws {Error} if it does not settle within `ms` milliseconds. */
export function inTime<T>(reply: Promise<T>, ms: number): Promise<T> {
  let stop = () => {};
  const tooLate = new Promise<never>((_, reject) => {
    stop = startTimeout(ms, () => reject(new Error('Redis does not answer')));
  });
  return Promise.race([reply, tooLate]).finally(() => stop());
}

/** A timeout is measured in parts of this many milliseconds. */
const partMs = 50;

/**
 * Calls `onTimeout` after about `ms` milliseconds, unless the returned function is called before. Does not count time in
 * which this process was blocked and could not read an answer.
 *
 * Need. While requests block the event loop, an answer that came in time waits unread. A single timer would then fire
 * before the answer is read, because timers run before reads.
 *
 * Trick. The time is measured in parts. A part counts no more than its own length, however late its timer fires.
 * `onTimeout` runs in the next turn of the loop, after the reads.
 *
 * Cost. While the loop is blocked for long in every turn, real silence is noticed only after `ms / 50` turns.
 */
export function startTimeout(ms: number, onTimeout: () => void): () => void {
  let partsLeft = Math.ceil(ms / partMs);
  let turn: NodeJS.Immediate | undefined;
  const timer = setInterval(() => {
    partsLeft -= 1;
    if (partsLeft > 0) return;
    clearInterval(timer);
    turn = setImmediate(onTimeout);
  }, partMs);
  return () => {
    clearInterval(timer);
    clearImmediate(turn);
  };
}
