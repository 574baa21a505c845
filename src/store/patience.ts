/** A time limit on what others do. Knows nothing of what it is. */

/** A timer that comes so much late, in milliseconds, tells that this process itself has stood still. */
const lateMs = 50;

/** What then lies unread is read within so many milliseconds. */
const readingMs = 100;

/**
 * Calls `onOver` when `ms` milliseconds have passed, unless what it gives is called before. What came in time may only be
 * unread: timers go before arrivals in each turn of the loop. So these are looked at once more; and for a little longer
 * when this process has stood still, as one does that shares a processor.
 */
export function setPatience(ms: number, onOver: () => void): () => void {
  const dueAt = performance.now() + ms;
  let turn: NodeJS.Immediate | undefined;
  const isOver = () => {
    turn = setImmediate(onOver);
  };
  let timer = setTimeout(() => {
    if (performance.now() > dueAt + lateMs) timer = setTimeout(isOver, readingMs);
    else isOver();
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}
