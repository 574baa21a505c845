/** A time limit on what others do. Knows nothing of what it is. */

/** The limit is measured in parts of this many milliseconds. */
const longestPartMs = 100;

/** A timer that fires this many milliseconds late tells that this process itself has stood still. */
const lateMs = 50;

/**
 * Calls `onOver` when `ms` milliseconds have passed, unless what it gives is called before. Only time counts in which
 * this process could read: while requests keep its loop busy, an answer that came in time lies unread. A timer of the
 * whole length would condemn an answer as soon as the loop is busy for that long. So the time is measured in parts, and
 * a part counts no more than its own length, however late its timer fires. When the last one was late, one more part
 * follows. Timers fire before the loop reads, so the end is one reading later.
 *
 * Cost: while each turn of the loop takes `t` milliseconds, real silence is noticed after some `ms / 100` turns.
 */
export function setPatience(ms: number, onOver: () => void): () => void {
  let leftMs = ms;
  let hasWaitedLonger = false;
  let timer: NodeJS.Timeout | undefined;
  let turn: NodeJS.Immediate | undefined;

  const waitForPart = () => {
    const partMs = Math.min(leftMs, longestPartMs);
    const dueAt = performance.now() + partMs;
    timer = setTimeout(() => endPart(partMs, performance.now() > dueAt + lateMs), partMs);
  };
  const endPart = (partMs: number, isLate: boolean) => {
    leftMs -= partMs;
    if (leftMs <= 0 && isLate && !hasWaitedLonger) {
      hasWaitedLonger = true;
      leftMs = longestPartMs;
    }
    if (leftMs > 0) waitForPart();
    else turn = setImmediate(onOver);
  };
  waitForPart();
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}
