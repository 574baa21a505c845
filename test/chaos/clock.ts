/** The one clock of a run. */

/** Milliseconds since 1970, never going back: what the door, the visitors and the watch note can be laid side by side. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}
