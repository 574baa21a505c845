/** A time limit on what others do. Knows nothing of what it is. */

/** A timer that comes so much late, in milliseconds, tells that this process itself has stood still. */
const lateMs = 50;

/** What then lies unread is read within so many milliseconds. */
const readingMs = 100;

/**
 * Calls `onOver` when `ms` milliseconds have passed, unless what it gives is called before. When this process has stood
 * still meanwhile, as one does that shares a processor, it waits a little longer: what came in time may only be unread.
 */
export function setPatience(ms: number, onOver: () => void): () => void {
  const dueAt = performance.now() + ms;
  let timer = setTimeout(look, ms);
  function look(): void {
    if (performance.now() > dueAt + lateMs) timer = setTimeout(onOver, readingMs);
    else onOver();
  }
  return () => clearTimeout(timer);
}
