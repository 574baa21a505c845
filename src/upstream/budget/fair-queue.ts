/** A queue that serves fairness keys in turn, and first come, first served within one. Knows nothing else. */

/**
 * Whom fairness is between, from the whole to its parts: turns are taken between all that differ in the first word,
 * and within each of these between all that differ in the next.
 */
export type FairnessKey = readonly string[];

/** Who waits, by fairness key. */
export type FairQueue<Waiter> = {
  readonly add: (fairnessKey: FairnessKey, waiter: Waiter) => void;
  /** Does nothing if the waiter is not there any more. */
  readonly remove: (fairnessKey: FairnessKey, waiter: Waiter) => void;
  /** Takes out whose turn it is. */
  readonly takeFirst: () => Waiter | undefined;
  /** All, in the order in which they would be taken if nobody came or left. */
  readonly inTurn: () => readonly Waiter[];
  readonly size: () => number;
};

/** An empty queue. A key that was served goes behind all others; one that comes anew does too. */
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
    inTurn: () => inTurnOf(root),
    size: () => size,
  };
}

/** Those of one key, and its parts; never without either, but for the root. */
type Branch<Waiter> = { readonly waiters: Set<Waiter>; readonly parts: Map<string, Branch<Waiter>> };

function emptyBranch<Waiter>(): Branch<Waiter> {
  return { waiters: new Set(), parts: new Map() };
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

function inTurnOf<Waiter>({ waiters, parts }: Branch<Waiter>): readonly Waiter[] {
  return [...waiters, ...roundsOf([...parts.values()].map(inTurnOf))];
}

/** Round after round, one of each; those that have come to their end take no part any more. */
function roundsOf<Waiter>(lines: readonly Iterable<Waiter>[]): Waiter[] {
  const rounds: Waiter[] = [];
  let turns = lines.map((line) => line[Symbol.iterator]());
  while (turns.length > 0) {
    turns = turns.filter((turn) => {
      const { done, value } = turn.next();
      if (done !== true) rounds.push(value);
      return done !== true;
    });
  }
  return rounds;
}
