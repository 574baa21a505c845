/** A queue that serves fairness keys in turn, and first come, first served within one. Knows nothing else. */

/**
 * Who shares turns, from the whole to its parts: the queue takes turns between keys that differ in the first word, and within
 * each of these between keys that differ in the next.
 */
export type FairnessKey = readonly string[];

/** Waiters by fairness key. */
export type FairQueue<Waiter> = {
  readonly add: (fairnessKey: FairnessKey, waiter: Waiter) => void;
  /** Does nothing if the waiter is no longer there. */
  readonly remove: (fairnessKey: FairnessKey, waiter: Waiter) => void;
  /** Takes out the next in turn. */
  readonly takeFirst: () => Waiter | undefined;
  /** All, in the order in which they would be taken if nobody came or left. */
  readonly inTurn: () => readonly Waiter[];
  readonly size: () => number;
};

/** An empty queue. A key that was served goes behind all others, and so does a new one. */
export function createFairQueue<Waiter>(): FairQueue<Waiter> {
  const root = emptyBranch<Waiter>();
  let size = 0;
  return {
    add(fairnessKey, waiter) {
      addTo(root, fairnessKey, waiter);
      size += 1;
    },
    remove(fairnessKey, waiter) {
      if (removeFrom(root, fairnessKey, waiter)) size -= 1;
    },
    takeFirst() {
      const first = takeFrom(root);
      if (first !== undefined) size -= 1;
      return first;
    },
    inTurn() {
      const copy = copyOf(root);
      return Array.from({ length: size }, () => takeFrom(copy)).filter((waiter) => waiter !== undefined);
    },
    size: () => size,
  };
}

/** The waiters of one key, and its parts. Only the root may have neither. */
type Branch<Waiter> = { readonly waiters: Set<Waiter>; readonly parts: Map<string, Branch<Waiter>> };

function emptyBranch<Waiter>(): Branch<Waiter> {
  return { waiters: new Set(), parts: new Map() };
}

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

function isEmpty({ waiters, parts }: Branch<unknown>): boolean {
  return waiters.size + parts.size === 0;
}
