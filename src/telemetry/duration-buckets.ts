/** Upper bounds of the buckets of durations, in seconds. */

/**
 * An operation is one call or a few in a row, from a kept answer's millisecond to the 30 s of OPERATION_TIMEOUT_MS;
 * a call is bounded by the 10 s of UPSTREAM_TIMEOUT_MS. 0.25 and 1 are where people begin to notice, and to leave.
 */
export const durationBuckets: readonly number[] = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/**
 * A wait for the budget is none; a question to Redis, some milliseconds; or seconds until a place is free, which takes
 * up to a minute, of which a caller has what OPERATION_TIMEOUT_MS leaves.
 */
export const waitBuckets: readonly number[] = [0.001, 0.01, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
