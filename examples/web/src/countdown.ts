/** Counts whole seconds down to 0. */

import { useEffect, useState } from 'react';

/** Browsers slow timers down in a tab that nobody sees, so the time left is read from the clock and not counted. */
const lookEveryMs = 250;

/**
 * The seconds left of `seconds`. At 0 it calls `onEnd`, a random part of a second late: otherwise every page that was told
 * the same time would come back in the same moment.
 */
export function useCountdown(seconds: number, onEnd: (() => void) | undefined): number {
  const [endsAt] = useState(() => performance.now() + seconds * 1000);
  const [now, setNow] = useState(() => performance.now());
  const left = Math.max(0, Math.ceil((endsAt - now) / 1000));
  const isOver = left === 0;
  useEffect(() => {
    if (isOver) return;
    const timer = setInterval(() => setNow(performance.now()), lookEveryMs);
    return () => clearInterval(timer);
  }, [isOver]);
  // `onEnd` is another function at every render, and is called once.
  useEffect(() => {
    if (!isOver || onEnd === undefined) return;
    const timer = setTimeout(onEnd, Math.random() * 1000);
    return () => clearTimeout(timer);
  }, [isOver]);
  return left;
}
