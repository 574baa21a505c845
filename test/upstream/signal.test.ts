/** The light signal: like an AbortSignal as far as waits depend on it. */

import { describe, expect, it, vi } from 'vitest';
import { LightSignal, pause, unlessAborted } from '../../src/upstream/signal.ts';

const signals: [string, () => { signal: LightSignal | AbortSignal; abort: (reason: unknown) => void }][] = [
  [
    'a light signal',
    () => {
      const signal = new LightSignal();
      return { signal, abort: (reason) => signal.abort(reason) };
    },
  ],
  [
    'an AbortSignal',
    () => {
      const controller = new AbortController();
      return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
    },
  ],
];

describe.each(signals)('%s', (_, create) => {
  it('calls each listener once, in order, but none that was removed meanwhile, and has the first reason', () => {
    const { signal, abort } = create();
    const called: string[] = [];
    const last = { handleEvent: () => called.push('last') };
    signal.addEventListener('abort', {
      handleEvent() {
        called.push('first');
        signal.removeEventListener('abort', last);
      },
    });
    signal.addEventListener('abort', { handleEvent: () => called.push('second') });
    signal.addEventListener('abort', last);
    signal.throwIfAborted();
    abort('gone');
    abort('again');
    expect([called, signal.aborted, signal.reason]).toEqual([['first', 'second'], true, 'gone']);
    expect(() => signal.throwIfAborted()).toThrow('gone');
  });

  it('ends a wait at once, cleans up after it, and refuses a wait that begins later', async () => {
    const { signal, abort } = create();
    const cleanUp = vi.fn();
    const waiting = unlessAborted(signal, () => cleanUp);
    const paused = pause(1_000_000, signal);
    abort('gone');
    await expect(waiting).rejects.toBe('gone');
    await expect(paused).rejects.toBe('gone');
    await expect(pause(0, signal)).rejects.toBe('gone');
    expect(cleanUp).toHaveBeenCalledOnce();
  });
});
