/** When places come free, from when those that are taken do. Pure; knows neither whose they are nor who asks. */

/** What is asked about: the next `count` places of `limit` in all, `Infinity` without one, in any window. */
export type Asked = { readonly limit: number; readonly count: number; readonly windowMs: number };

/**
 * The waits of the next places, in milliseconds, ascending, from those of the `taken` ones, which `takenWaitMs` tells
 * from the soonest on. Places beyond the limit free a whole window after those before them.
 */
export function waitsFor(
  takenWaitMs: (index: number) => number,
  {
    limit,
    count,
    windowMs,
    taken,
    blockedMs,
  }: Asked & { readonly taken: number; readonly blockedMs: number },
): readonly number[] {
  const waitOf = (place: number): number => (place < limit - taken ? 0 : takenWaitMs(place - limit + taken));
  const waits = Array.from({ length: count }, (_, index) => {
    const windows = Math.floor(index / limit);
    return waitOf(index % limit) + windows * windowMs;
  });
  return waits.map((wait) => Math.max(wait, blockedMs, 0));
}
