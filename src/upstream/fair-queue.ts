/** A queue that is fair between subjects: each in turn, and first come, first served within one. Knows nothing else. */

/** Who waits, by subject. */
export type FairQueue<Waiter> = {
  readonly add: (subject: string, waiter: Waiter) => void;
  /** Does nothing if the waiter is not there any more. */
  readonly remove: (subject: string, waiter: Waiter) => void;
  /** Takes out whose turn it is. */
  readonly takeFirst: () => Waiter | undefined;
  /** All, in the order in which they would be taken if nobody came or left. */
  readonly inTurn: () => readonly Waiter[];
  readonly size: () => number;
};

/** An empty queue. A subject that was served goes behind all others; one that comes anew does too. */
export function createFairQueue<Waiter>(): FairQueue<Waiter> {
  const lines = new Map<string, Set<Waiter>>();
  let size = 0;

  function remove(subject: string, waiter: Waiter): void {
    const line = lines.get(subject);
    if (line?.delete(waiter) !== true) return;
    size -= 1;
    if (line.size === 0) lines.delete(subject);
  }

  return {
    add(subject, waiter) {
      const line = lines.get(subject) ?? new Set<Waiter>();
      lines.set(subject, line.add(waiter));
      size += 1;
    },
    remove,
    takeFirst() {
      const [turn] = lines;
      if (turn === undefined) return undefined;
      const [subject, line] = turn;
      const [first] = line;
      if (first !== undefined) remove(subject, first);
      if (lines.delete(subject)) lines.set(subject, line);
      return first;
    },
    inTurn: () => roundsOf([...lines.values()]),
    size: () => size,
  };
}

/** Round after round, one of each line; lines that have come to their end take no part any more. */
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
