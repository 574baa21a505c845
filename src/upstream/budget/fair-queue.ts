/** A queue that takes turns between fairness keys. Waiters of one key are served first come, first served. */

/**
 * Whose turn a waiter uses, as a path such as address, credential. The queue takes turns between first words, and
 * within each of them between second words.
 */
export type FairnessKey = readonly string[];

/** Waiters by fairness key. */
export type FairQueue<Waiter> = ReturnType<typeof createFairQueue<Waiter>>;

/** Starts empty. A key goes to the end of the round when it is new and after each of its turns. */
export function createFairQueue<Waiter>() {
  const root = emptyBranch<Waiter>();
  let size = 0;
  return {
    add(fairnessKey: FairnessKey, waiter: Waiter): void {
      addTo(root, fairnessKey, waiter);
      size += 1;
    },
    /** Removes a waiter. Does nothing if it is not in the queue. */
    remove(fairnessKey: FairnessKey, waiter: Waiter): void {
      if (removeFrom(root, fairnessKey, waiter)) size -= 1;
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

/** The waiters of one key, and the branches of longer keys. Only the root may be empty. */
type Branch<Waiter> = { readonly waiters: Set<Waiter>; readonly parts: Map<string, Branch<Waiter>> };

const emptyBranch = <Waiter>(): Branch<Waiter> => ({ waiters: new Set(), parts: new Map() });

function copyOf<Waiter>({ waiters, parts }: Branch<Waiter>): Branch<Waiter> {
  const copies = Array.from(parts, ([word, part]) => [word, copyOf(part)] as const);
  return { waiters: new Set(waiters), parts: new Map(copies) };
}

function addTo<Waiter>(branch: Branch<Waiter>, [word, ...rest]: FairnessKey, waiter: Waiter): void {
  if (word === undefined) {
    branch.waiters.add(waiter);
    return;
  }
  const part = branch.parts.get(word) ?? emptyBranch<Waiter>();
  branch.parts.set(word, part);
  addTo(part, rest, waiter);
}

function removeFrom<Waiter>(branch: Branch<Waiter>, [word, ...rest]: FairnessKey, waiter: Waiter): boolean {
  if (word === undefined) return branch.waiters.delete(waiter);
  const part = branch.parts.get(word);
  if (part === undefined || !removeFrom(part, rest, waiter)) return false;
  if (isEmpty(part)) branch.parts.delete(word);
  return true;
}

function takeFrom<Waiter>({ waiters, parts }: Branch<Waiter>): Waiter | undefined {
  for (const first of waiters) {
    waiters.delete(first);
    return first;
  }
  for (const [word, part] of parts) {
    const first = takeFrom(part);
    parts.delete(word);
    if (!isEmpty(part)) parts.set(word, part);
    return first;
  }
  return undefined;
}

const isEmpty = ({ waiters, parts }: Branch<unknown>): boolean => waiters.size + parts.size === 0;
