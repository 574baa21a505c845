/** The bound on what is under way, and the queue before it. */

import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSlots } from '../../src/upstream/slots.ts';

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

const noSignal = () => new AbortController().signal;
const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('createSlots', () => {
  it('runs as many at a time as there are slots, the rest in the order they came', async () => {
    const slots = createSlots(2);
    const started: string[] = [];
    const works = ['a', 'b', 'c', 'd'].map((name) => startable(started, name));
    const runs = works.map(({ work }) => slots.run(noSignal(), work));
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

  it('lets subjects take turns, so that one with many calls does not keep the others waiting', async () => {
    const slots = createSlots(1);
    const started: string[] = [];
    const names = ['a1', 'a2', 'a3', 'b1', 'a4', 'c1'];
    const works = names.map((name) => ({ name, ...startable(started, name) }));
    const runs = works.map(({ name, work }) => slots.run(noSignal(), work, [name[0] ?? '']));
    await turns();
    for (const { end } of works) end();
    await Promise.all(runs);
    expect(started).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'a4']);
  });

  it('frees the slot of work that fails', async () => {
    const slots = createSlots(1);
    await expect(slots.run(noSignal(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(slots.run(noSignal(), async () => 'next')).resolves.toBe('next');
  });

  it('lets go of whoever gives up waiting, at once, without a listener left or a turn lost', async () => {
    const slots = createSlots(1);
    const started: string[] = [];
    const [first, second, third] = ['a', 'b', 'c'].map((name) => startable(started, name));
    const { signal } = new AbortController();
    const controller = new AbortController();
    const running = slots.run(signal, first?.work as () => Promise<string>);
    const leaving = slots.run(controller.signal, second?.work as () => Promise<string>);
    const staying = slots.run(signal, third?.work as () => Promise<string>);
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

  it('gives the slot on when the signal fires between the grant and the start', async () => {
    const slots = createSlots(1);
    const started: string[] = [];
    const controller = new AbortController();
    const leaving = slots.run(controller.signal, startable(started, 'a').work);
    controller.abort('gone');
    await expect(leaving).rejects.toBe('gone');
    await expect(slots.run(noSignal(), async () => 'b')).resolves.toBe('b');
    expect(started).toEqual([]);
  });

  it('takes no slot for a signal that has fired already', async () => {
    const slots = createSlots(1);
    await expect(slots.run(AbortSignal.abort('gone'), async () => 'a')).rejects.toBe('gone');
    await expect(slots.run(noSignal(), async () => 'b')).resolves.toBe('b');
  });

  it('never runs more than allowed and runs everyone who stays, whatever ends or leaves when', async () => {
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
            return slots.run(controller.signal, work).then(
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
            Promise.all(Array.from({ length: count }, () => slots.run(noSignal(), turns))),
          ).resolves.toBeDefined();
        },
      ),
      { numRuns: 50 },
    );
  });
});
