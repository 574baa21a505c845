/**
 * Which stretch of a list a client asked for: the Relay arguments `first`, `after`, `last`, `before` as one
 * value. Checked here, before any call; knows nothing of pages.
 */
import { wrongArgument } from '../../errors.ts';
import type { CursorMark } from './cursor-mark.ts';

/** A stretch of at most `size` entries: the next ones after a mark, or the ones before it. */
export type Window = {
  readonly direction: 'forward' | 'backward';
  readonly size: number;
  /** The cursor to go on from; none means from the list's own beginning, or end. */
  readonly from?: CursorMark;
};

/** The four arguments as GraphQL gives them: `null` and absent are one. */
export type WindowArguments = {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
};

/**
 * Entries on a page when neither `first` nor `last` says: as many as one upstream page of the default size
 * holds, so that the plainest query costs one call.
 */
export const defaultWindowSize = 10;

/**
 * Reads the arguments. `after` goes with `first` or neither, `before` with `last`; sizes are 0 to `maxSize`.
 * @param openCursor turns the cursor of an argument into its mark; throws BAD_USER_INPUT for one that is not this list's.
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
