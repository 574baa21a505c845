/** Whose turn it is. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFairQueue } from '../../../src/upstream/budget/fair-queue.ts';

const takeAll = (queue: ReturnType<typeof createFairQueue<string>>) =>
  Array.from({ length: queue.size() }, () => queue.takeFirst());

/** How many more times the fairness key at `index` was served up to there than the one, of those still waiting, served least. */
const leadOf = (taken: readonly string[], index: number): number => {
  const timesServed = (fairnessKey: string | undefined) =>
    taken.slice(0, index + 1).filter((other) => other[0] === fairnessKey).length;
  const waiting = taken.slice(index + 1).map((other) => timesServed(other[0]));
  return timesServed(taken[index]?.[0]) - Math.min(...waiting, Number.POSITIVE_INFINITY);
};

const anyKeys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 40 });

describe('a fair queue', () => {
  it('serves each fairness key in turn, however many wait under one, and one key in order', () => {
    const queue = createFairQueue<string>();
    for (const waiter of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.add([waiter[0] ?? ''], waiter);
    expect(queue.inTurn()).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
    expect([queue.takeFirst(), queue.size()]).toEqual([undefined, 0]);
  });

  it('puts a fairness key that was served behind those that wait', () => {
    const queue = createFairQueue<string>();
    queue.add(['a'], 'a1');
    queue.add(['b'], 'b1');
    expect(queue.takeFirst()).toBe('a1');
    queue.add(['a'], 'a2');
    expect(takeAll(queue)).toEqual(['b1', 'a2']);
  });

  it('serves the parts of a fairness key in turn, so that a key gains no turns by many parts', () => {
    const queue = createFairQueue<string>();
    for (const waiter of ['ax1', 'ax2', 'ay1', 'az1', 'bx1', 'bx2', 'c']) {
      queue.add([...waiter.replace(/\d/, '')], waiter);
    }
    const inTurn = ['ax1', 'bx1', 'c', 'ay1', 'bx2', 'az1', 'ax2'];
    expect(queue.inTurn()).toEqual(inTurn);
    queue.remove(['a', 'y'], 'ay1');
    queue.add(['a', 'y'], 'ay1');
    expect(takeAll(queue)).toEqual(['ax1', 'bx1', 'c', 'az1', 'bx2', 'ay1', 'ax2']);
  });

  it('lets a waiter leave, once', () => {
    const queue = createFairQueue<string>();
    queue.add(['a'], 'a1');
    queue.add(['a'], 'a2');
    queue.remove(['a'], 'a1');
    queue.remove(['a'], 'a1');
    queue.remove(['b'], 'a2');
    expect([queue.size(), queue.inTurn()]).toEqual([1, ['a2']]);
  });

  it('serves each waiter once, in the order of inTurn, and no fairness key twice while an earlier one waits', () => {
    fc.assert(
      fc.property(anyKeys, (fairnessKeys) => {
        const queue = createFairQueue<string>();
        for (const [index, fairnessKey] of fairnessKeys.entries())
          queue.add([fairnessKey], `${fairnessKey}${index}`);
        const foretold = queue.inTurn();
        const taken = takeAll(queue).map((waiter) => waiter ?? '');
        expect(taken).toEqual(foretold);
        expect([...taken].sort()).toEqual(
          fairnessKeys.map((fairnessKey, index) => `${fairnessKey}${index}`).sort(),
        );
        for (const index of taken.keys()) expect(leadOf(taken, index)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
