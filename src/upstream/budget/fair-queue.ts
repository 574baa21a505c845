/** A queue that takes turns between fairness keys. Waiters of one key are served first come, first served. */

/**
 * Whose turn a waiter uses, as a path such as address, credential. The queue takes turns between first words, and
 * within each of them between second words. No key of a queue is the beginning of another.
 */
export type FairnessKey = readonly string[];

/** Waiters by fairness key. */
export type FairQueue<Waiter> = ReturnType<typeof createFairQueue<Waiter>>;

/** Starts empty. A key goes to the end of the round when it is new and after each of its turns. */
export function createFairQueue<Waiter>() {
  const root: Parts<Waiter> = new Map();
  let size = 0;
  return {
    add(fairnessKey: FairnessKey, waiter: Waiter): void {
      addTo(root, fairnessKey, 0, waiter);
      size += 1;
    },
    /** Removes a waiter. Does nothing if it is not in the queue. */
    remove(fairnessKey: FairnessKey, waiter: Waiter): void {
      if (removeFrom(root, fairnessKey, 0, waiter)) size -= 1;
    },
    /** Removes the next waiter in turn and returns it. */
    takeFirst(): Waiter | undefined {
      const first = takeFrom(root);
      if (first !== undefined) size -= 1;
      return first;
    },
    /** All waiters, in the order in which `takeFirst` would return them. */
    inTurn(): readonly Waiter[] {
      const copy = copyOf(root);
      return Array.from({ length: size }, () => takeFrom(copy)).filter((waiter) => waiter !== undefined);
    },
    size: () => size,
  };
}

/** The waiters of one key, or the parts of keys that begin with the same words. Only the root may be empty. */
type Branch<Waiter> = Set<Waiter> | Parts<Waiter>;
type Parts<Waiter> = Map<string, Branch<Waiter>>;

function copyOf<Waiter>(parts: Parts<Waiter>): Parts<Waiter> {
  return new Map(
    Array.from(parts, ([word, part]) => [word, part instanceof Set ? new Set(part) : copyOf(part)]),
  );
}

function addTo<Waiter>(parts: Parts<Waiter>, key: FairnessKey, depth: number, waiter: Waiter): void {
  const word = key[depth] ?? '';
  const isLast = depth + 1 >= key.length;
  const part = parts.get(word) ?? (isLast ? new Set() : new Map());
  parts.set(word, part);
  if (part instanceof Set) part.add(waiter);
  else addTo(part, key, depth + 1, waiter);
}

function removeFrom<Waiter>(parts: Parts<Waiter>, key: FairnessKey, depth: number, waiter: Waiter): boolean {
  const word = key[depth] ?? '';
  const part = parts.get(word);
  if (part === undefined) return false;
  const isRemoved = part instanceof Set ? part.delete(waiter) : removeFrom(part, key, depth + 1, waiter);
  if (part.size === 0) parts.delete(word);
  return isRemoved;
}

function takeFrom<Waiter>(branch: Branch<Waiter>): Waiter | undefined {
  if (branch instanceof Set) {
    for (const first of branch) {
      branch.delete(first);
      return first;
    }
    return undefined;
  }
  for (const [word, part] of branch) {
    const first = takeFrom(part);
    if (part.size === 0) branch.delete(word);
    else if (branch.size > 1) {
      // The only part is last already: to delete it, and add it again, would copy the map each time.
      branch.delete(word);
      branch.set(word, part);
    }
    return first;
  }
  return undefined;
}
