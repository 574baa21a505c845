/** When the next permits come free, from when those that are held do. Pure. */

/** What is asked: the waits of `count` permits that cannot be had now. Times in milliseconds. */
export type WaitsAsked = {
  /** Permits that are held, and how many may be. */
  readonly used: number;
  readonly limit: number;
  readonly count: number;
  readonly windowMs: number;
  /** 0 or less without a block. */
  readonly blockedMs: number;
  /** In how long the held permit with this number is free, from the soonest on. */
  readonly freeInMs: (index: number) => number;
};

/** Ascending. Permits beyond the limit are free a whole window after those before them. */
export function permitWaits(asked: WaitsAsked): readonly number[] {
  const { used, limit, count, windowMs, blockedMs, freeInMs } = asked;
  return Array.from({ length: count }, (_, index) => {
    const windows = Math.floor(index / limit);
    const held = used - limit + (index % limit);
    const waitMs = (held < 0 ? 0 : freeInMs(held)) + windows * windowMs;
    return Math.max(waitMs, blockedMs, 0);
  });
}
