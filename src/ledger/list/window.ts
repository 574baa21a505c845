/**
 * Which stretch of a list a client asks for: the Relay arguments `first`, `after`, `last`, `before` as one value, and
 * the mark inside a cursor. Checked before any call; knows nothing of pages.
 */
import { wrongArgument } from '../../errors.ts';
import type { Place } from './known-list.ts';

/**
 * What a cursor holds; `cursor.ts` seals it.
 *
 * `entry`: the entry at `place`. The mark remembers the entry's block, because inside a short block the entry's own
 * position cannot be known. `gap`: the gap where a list ended early, behind the first `skip` entries from `position` on.
 * `total` is the list's length when the cursor was made. It only serves to notice that the list has changed.
 */
export type CursorMark =
  | { readonly kind: 'entry'; readonly place: Place; readonly total: number }
  | { readonly kind: 'gap'; readonly position: number; readonly skip: number; readonly total: number };

/** A gap between two entries: behind the first `skip` entries from `position` on. */
export type Gap = { readonly position: number; readonly skip: number };

/** A stretch of at most `size` entries: the next ones after a mark, or the ones before it. */
export type Window = {
  readonly direction: 'forward' | 'backward';
  readonly size: number;
  /** The mark to go on from. Without one the window starts at the list's own beginning, or end. */
  readonly from?: CursorMark;
};

/** Equal exactly for equal windows: a key for maps. */
export function windowKey({ direction, size, from }: Window): string {
  if (from === undefined) return `${direction} ${size}`;
  if (from.kind === 'gap') return `${direction} ${size} gap ${from.position} ${from.skip} ${from.total}`;
  const { start, length, shown, index } = from.place;
  return `${direction} ${size} entry ${start} ${length} ${shown} ${index} ${from.total}`;
}

/** The four arguments as GraphQL gives them: `null` and absent are one. */
export type WindowArguments = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

/**
 * Entries in a window when neither `first` nor `last` is given. One upstream page of the default size holds as many, so
 * the plainest query costs one call.
 */
export const defaultWindowSize = 10;

/**
 * Reads the arguments. `after` goes with `first` or neither, `before` with `last`; sizes are 0 to `maxSize`.
 * @param openCursor returns the mark in an argument's cursor; throws BAD_USER_INPUT when another list made the cursor.
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

/** The gap where a window in this direction starts: behind the marked entry going forward, before it going backward. */
export function gapOf(mark: CursorMark, direction: Window['direction']): Gap {
  if (mark.kind === 'gap') return mark;
  const { start, length, shown, index } = mark.place;
  const skip = direction === 'forward' ? index + 1 : index;
  // In a full block every entry has its own position. The last entry of any block is followed by the block's end.
  if (shown === length) return { position: start + skip, skip: 0 };
  if (skip === shown) return { position: start + length, skip: 0 };
  return { position: start, skip };
}
