/**
 * What a cursor says: a place in a list, precise enough to go on exactly in a short page and under any page
 * size. Its sealed form is `cursor.ts`.
 */
import type { Place } from './known-list.ts';

/**
 * `entry`: the entry at `place`, whose block it remembers, because inside a short block the entry's own position
 * cannot be known. `gap`: the gap behind the first `skip` entries from `position` on, where a list ended early.
 * `total` is the list's length when the cursor was made; it only serves to notice that the list has changed.
 */
export type CursorMark =
  | { readonly kind: 'entry'; readonly place: Place; readonly total: number }
  | { readonly kind: 'gap'; readonly position: number; readonly skip: number; readonly total: number };

/** A gap between two entries: behind the first `skip` entries from `position` on. */
export type Gap = { readonly position: number; readonly skip: number };

/** The gap that a walk in a direction goes on from: behind the marked entry going forward, before it going back. */
export function gapOf(mark: CursorMark, direction: 'forward' | 'backward'): Gap {
  if (mark.kind === 'gap') return mark;
  const { start, length, shown, index } = mark.place;
  const skip = direction === 'forward' ? index + 1 : index;
  // In a full block every entry has its own position; behind the last entry of any block the block ends.
  if (shown === length) return { position: start + skip, skip: 0 };
  if (skip === shown) return { position: start + length, skip: 0 };
  return { position: start, skip };
}
