/** The bound on what is under way, and the queue before it. */

import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlots, type Slots } from '../../../src/upstream/budget/slots.ts';

/** Work that ends when told to. */
const startable = (started: string[], name: string) => {
  let end: () => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = () => resolve(name);
  });
  const work = () => {
    started.push(name);
    return ended;
  };
  return { work, end };
};

/** Takes a slot, runs the work, and gives the slot back. */
const runIn = async <T>(
  slots: Slots,
  signal: AbortSignal,
  work: () => Promise<T>,
  key?: readonly string[],
) => {
  if (!slots.take()) await slots.wait(signal, key ?? []);
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    slots.release();
  }
};

const noSignal = () => new AbortController().signal;
const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('createSlots', () => {
  it('runs as many at a time as there are slots, the rest in the order they came', async () => {
    const slots = createSlots(2);
    const started: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((name) => startable(started, name));
    const runs = works.map(({ work }) => runIn(slots, noSignal(), work));
    await turns();
    expect(started).toEqual(['a', 'b']);
    expect(slots.waiting()).toBe(2);
    works[1]?.end();
    await runs[1];
    await turns();
    expect(started).toEqual(['a', 'b', 'c']);
    expect(slots.waiting()).toBe(1);
    for (const { end } of works) end();
    await expect(Promise.all(runs)).resolves.toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets fairness keys take turns, so that one with many calls does not keep the others waiting', async () => {
    const slots = createSlots(1);
    const started: string[] = [];
    const names = ['a1', 'a2', 'a3', 'b1', 'a4', 'c1'];
    const works = names.map((name) => ({ name, ...startable(started, name) }));
    const runs = works.map(({ name, work }) => runIn(slots, noSignal(), work, [name[0] ?? '']));
    await turns();
    for (const { end } of works) end();
    await Promise.all(runs);
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
  });

  it('gives a free slot at once, and only then', () => {
    const slots = createSlots(1);
    expect([slots.take(), slots.take()]).toEqual([true, false]);
    slots.release();
    expect([slots.take(), slots.waiting()]).toEqual([true, 0]);
  });

  it('lets a waiter leave at once, without a listener left or a turn lost', async () => {
    const slots = createSlots(1);
    const started: string[] = [];
    const [first, second, third] = ['a', 'b', 'c'].map((name) => startable(started, name));
    const { signal } = new AbortController();
    const controller = new AbortController();
    const running = runIn(slots, signal, first?.work as () => Promise<string>);
    const leaving = runIn(slots, controller.signal, second?.work as () => Promise<string>);
    const staying = runIn(slots, signal, third?.work as () => Promise<string>);
    await turns();
    controller.abort('gone');
    await expect(leaving).rejects.toBe('gone');
    expect(slots.waiting()).toBe(1);
    first?.end();
    third?.end();
    await Promise.all([running, staying]);
    expect(started).toEqual(['a', 'c']);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('never runs more than allowed, and runs all that stay, whatever ends or leaves when', async () => {
    const fate = fc.constantFrom('ends', 'fails', 'leaves', 'leaves late');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fate, { maxLength: 20 }),
        async (count, fates) => {
          const slots = createSlots(count);
          let running = 0;
          let most = 0;
          const outcomes = fates.map((what, index) => {
            const controller = new AbortController();
            if (what === 'leaves') queueMicrotask(() => controller.abort('gone'));
            if (what === 'leaves late') setImmediate(() => controller.abort('gone'));
            const work = async () => {
              running += 1;
              most = Math.max(most, running);
              for (let turn = 0; turn < index % 3; turn += 1) await turns();
              running -= 1;
              if (what === 'fails') throw new Error('failed');
            };
            return runIn(slots, controller.signal, work).then(
              () => 'ran',
              (reason: unknown) => (reason === 'gone' ? 'gone' : 'failed'),
            );
          });
          const results = await Promise.all(outcomes);
          expect(most).toBeLessThanOrEqual(count);
          for (const [index, what] of fates.entries()) {
            if (what === 'ends') expect(results[index]).toBe('ran');
            if (what === 'fails') expect(results[index]).toBe('failed');
          }
          await expect(
            Promise.all(Array.from({ length: count }, () => runIn(slots, noSignal(), turns))),
          ).resolves.toBeDefined();
        },
      ),
      { numRuns: 50 },
    );
  });
});
