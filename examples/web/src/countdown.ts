/** Counts whole seconds down to 0. */

import { useEffect, useState } from 'react';

/**
 * The seconds left of `seconds`. At 0 it calls `onEnd`, a random part of a second late: otherwise every page that was told
 * the same time would come back in the same moment.
 */
export function useCountdown(seconds: number, onEnd: (() => void) | undefined): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  const isOver = left <= 0;
  useEffect(() => {
    if (!isOver || onEnd === undefined) return;
    const timer = setTimeout(onEnd, Math.random() * 1000);
    return () => clearTimeout(timer);
    // `onEnd` is another function at every render, and must be called once.
  }, [isOver]);
  return left;
}
