/** When the process ends, so that no operation outlasts it. Knows neither signals nor what operations do. */

/** A moment that is far away until the process is told to stop. */
export type ClosingTime = {
  /** In milliseconds of the clock that never goes back; without end until it is set. */
  readonly at: () => number;
  /** Sets it. It is only ever drawn in: a later moment than the one known changes nothing. */
  readonly drawIn: (moment: number) => void;
  /** Is called whenever it is drawn in, until what is given back is called. */
  readonly watch: (look: () => void) => () => void;
};

/** A closing time without end. */
export function createClosingTime(): ClosingTime {
  const watchers = new Set<() => void>();
  let at = Number.POSITIVE_INFINITY;
  return {
    at: () => at,
    drawIn(moment) {
      at = Math.min(at, moment);
      for (const look of [...watchers]) look();
    },
    watch(look) {
      watchers.add(look);
      return () => void watchers.delete(look);
    },
  };
}
