/** Sharing the event loop: long work waits, and the rest of the process gets its turn. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createTurnShare } from '../../../src/gateway/wiring/request-context.ts';

function open() {
  let now = 0;
  const yieldTurn = createTurnShare(() => now);
  const { signal } = new AbortController();
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { yieldTurn, signal, pass };
}

it('lets work continue in a short turn', async () => {
  const { yieldTurn, signal, pass } = open();
  expect(yieldTurn(signal)).toBeUndefined();
  pass(6);
  expect(yieldTurn(signal)).toBeUndefined();
});

it('lets work wait in a long turn, and other requests run meanwhile', async () => {
  const { yieldTurn, signal, pass } = open();
  const order: string[] = [];
  void yieldTurn(signal);
  pass(7);
  setImmediate(() => order.push('another request'));
  const waiting = yieldTurn(signal)?.then(() => order.push('the rest'));
  await waiting;
  expect(order).toEqual(['another request', 'the rest']);
});

it('lets as much work continue in one turn as fits into its time', async () => {
  const { yieldTurn, signal, pass } = open();
  void yieldTurn(signal);
  pass(7);
  let turn = 0;
  const turns: number[] = [];
  const waiting = Array.from({ length: 6 }, async () => {
    await yieldTurn(signal);
    turns.push(turn);
    pass(4);
  });
  const counting = (async () => {
    while (turns.length < 6) {
      await nextTurn();
      turn += 1;
    }
  })();
  await Promise.all([...waiting, counting]);
  const inOneTurn = [...new Set(turns)].map((each) => turns.filter((other) => other === each).length);
  expect(Math.max(...inOneTurn)).toBe(2);
});

it('measures each turn of the loop from its own start', async () => {
  const { yieldTurn, signal, pass } = open();
  void yieldTurn(signal);
  pass(1000);
  await nextTurn();
  expect(yieldTurn(signal)).toBeUndefined();
});

it('rejects after the deadline of the operation', async () => {
  const { yieldTurn, pass } = open();
  const controller = new AbortController();
  void yieldTurn(controller.signal);
  pass(7);
  const waiting = yieldTurn(controller.signal);
  controller.abort(new Error('too late'));
  await expect(waiting).rejects.toThrow('too late');
});
