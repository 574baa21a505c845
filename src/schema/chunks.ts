/** Long lists in chunks, so that completing one does not keep the process from everything else. */
import type { SchemaContext } from './context.ts';

/** Entries that are completed in one go: with fifty fields each, about two milliseconds. */
const chunkSize = 20;

/**
 * The items as they are, or, in a large operation, all after the first chunk as promises: each chunk waits for the one
 * before it, and then for a turn with time left.
 */
export function inChunks<Item>(
  items: readonly Item[],
  { isLarge, yieldTurn }: SchemaContext,
): readonly (Item | Promise<Item>)[] {
  if (!isLarge || items.length <= chunkSize) return items;
  let turn = Promise.resolve();
  return items.map((item, index) => {
    if (index < chunkSize) return item;
    if (index % chunkSize === 0) turn = turn.then(yieldTurn);
    return turn.then(() => item);
  });
}
