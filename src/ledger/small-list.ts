/** Arrays that mostly stay empty or have one entry, as most lists of a request do: of windows, blocks, failures. */

/**
 * The list of nothing, shared by all, so that a list that stays empty takes no space. Its type lets nobody change it. It is
 * not frozen: a loop over an array that may be frozen makes an object at every step.
 */
export const none: readonly never[] = [];

/**
 * Adds to a list that nobody else has, or to `none`. The first entry takes one slot. With `push` it would take seventeen, and
 * most lists have one.
 */
export function added<T>(list: readonly T[], one: T): readonly T[] {
  if (list.length === 0) return [one];
  (list as T[]).push(one);
  return list;
}
