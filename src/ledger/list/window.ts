/**
 * A window: the stretch of a list that a client asks for with the Relay arguments `first`, `after`, `last`, `before`.
 * Also the mark inside a cursor. The arguments are checked before any call. Knows nothing of pages.
 */
import { wrongArgument } from '../../errors.ts';
import type { Place } from './known-list.ts';

/** The mark of an entry: its place, because inside a short block the entry's position is unknown. `total` as in a gap's. */
export type EntryMark = Place & { readonly kind: 'entry'; readonly total: number };

/**
 * The content of a cursor; `cursor.ts` seals it. `gap`: the gap where a list ended early, after the first `skip` entries from
 * `position` on. `total` is that of the list when the cursor was made. It is only used to notice that the list has changed.
 */
export type CursorMark =
  | EntryMark
  | { readonly kind: 'gap'; readonly position: number; readonly skip: number; readonly total: number };

/** A gap between two entries: after the first `skip` entries from `position` on. */
export type Gap = { readonly position: number; readonly skip: number };

/** A stretch of at most `size` entries: those right after a mark, or those right before it. */
export type Window = {
  readonly direction: 'forward' | 'backward';
  readonly size: number;
  /**
   * The mark where the window starts. Without it a forward window starts at the list's start, a backward one at its
   * end.
   */
  readonly from?: CursorMark;
};

/** The index of an equal window; -1 if there is none. */
export function indexOfWindow(windows: readonly Window[], window: Window): number {
  return windows.findIndex((other) => other === window || isSameWindow(other, window));
}

function isSameWindow(one: Window, other: Window): boolean {
  if (one.size !== other.size || one.direction !== other.direction) return false;
  return JSON.stringify(one.from) === JSON.stringify(other.from); // Marks have their members in one order.
}

/** The four arguments as GraphQL gives them. `null` means left out. */
export type WindowArguments = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

/**
 * Entries in a window if neither `first` nor `last` is given. An upstream page of the default size has as many, so the
 * simplest query costs one call.
 */
export const defaultWindowSize = 10;

/**
 * Reads the arguments. `after` goes with `first` or alone, `before` goes with `last`. Sizes are from 0 to `maxSize`.
 * @param openCursor returns the mark in an argument's cursor; throws BAD_USER_INPUT if the cursor is of another list.
 * @throws {GatewayError} BAD_USER_INPUT for any other mix, size or cursor.
 */
export function windowFromArguments(
  { first, after, last, before }: WindowArguments,
  maxSize: number,
  openCursor: (argument: string, cursor: string) => CursorMark,
): Window {
  if (isGiven(first) && isGiven(last)) throw wrongArgument('last', '`first` and `last` exclude each other');
  if (isGiven(after) && isGiven(last))
    throw wrongArgument('after', '`after` goes with `first`, not with `last`');
  if (isGiven(before) && !isGiven(last)) throw wrongArgument('before', '`before` goes with `last`');
  const isBackward = isGiven(last);
  const size = isBackward ? checkSize('last', last, maxSize) : checkSize('first', first, maxSize);
  const [argument, cursor] = isBackward ? ['before', before] : ['after', after];
  return {
    direction: isBackward ? 'backward' : 'forward',
    size,
    ...(isGiven(cursor) && { from: openCursor(argument, cursor) }),
  };
}

function checkSize(name: 'first' | 'last', size: number | null | undefined, maxSize: number): number {
  if (!isGiven(size)) return Math.min(defaultWindowSize, maxSize);
  if (size >= 0 && size <= maxSize) return size;
  throw wrongArgument(name, `\`${name}\` takes 0 to ${maxSize}, got ${size}`);
}

function isGiven<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** The gap where a window with this mark starts: after the marked entry going forward, before it going backward. */
export function gapOf(mark: CursorMark, direction: Window['direction']): Gap {
  if (mark.kind === 'gap') return mark;
  const { start, length, shown, index } = mark;
  const skip = direction === 'forward' ? index + 1 : index;
  // In a full block the position of every entry is known. In any block the end of the last entry is known.
  if (shown === length) return { position: start + skip, skip: 0 };
  if (skip === shown) return { position: start + length, skip: 0 };
  return { position: start, skip };
}
