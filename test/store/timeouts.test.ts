/** Time limits of a process that may stand still. */

import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startTimeout } from '../../src/store/timeouts.ts';

/** Answers every byte at once, whatever this thread does. */
const echo = new Worker(
  `const { createServer } = require('node:net');
  const server = createServer((socket) => socket.pipe(socket).on('error', () => {}));
  server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port));`,
  { eval: true },
);
let socket: ReturnType<typeof connect>;
beforeAll(async () => {
  const port = await new Promise<number>((resolve) => echo.once('message', resolve));
  socket = connect(port, '127.0.0.1').setNoDelay();
  await new Promise((resolve) => socket.once('connect', resolve));
});
afterAll(async () => {
  socket.destroy();
  await echo.terminate();
});

/** Holds up everything in this thread, as a processor does that is given to others. */
function standStill(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

it('ends after its time, and not at all when it was cancelled before', async () => {
  const [over, never] = [vi.fn(), vi.fn()];
  startTimeout(5, over);
  const stop = startTimeout(5, never);
  stop();
  await expect.poll(() => over.mock.calls.length).toBe(1);
  expect(never).not.toHaveBeenCalled();
});

it.each([10, 40, 60, 200])(
  'is not over while what came in time is unread, because the process stood still for %i ms beyond it',
  async (beyondMs) => {
    const over = vi.fn();
    const stop = startTimeout(50, over);
    socket.once('data', stop);
    socket.write('?');
    // The question goes out with this turn, and the answer comes while this thread stands still.
    await new Promise((resolve) => setImmediate(resolve));
    standStill(50 + beyondMs);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(over).not.toHaveBeenCalled();
  },
);

it('ends soon after the process was blocked, when no answer has come', async () => {
  const over = vi.fn();
  startTimeout(20, over);
  standStill(150);
  await expect.poll(() => over.mock.calls.length).toBe(1);
});

it('does not end while the loop is blocked and the answer has not been read yet', async () => {
  const over = vi.fn();
  const stop = startTimeout(900, over);
  for (let turn = 0; turn < 5; turn += 1) {
    standStill(700);
    await new Promise((resolve) => setImmediate(resolve));
  }
  stop();
  expect(over).not.toHaveBeenCalled();
});

it('ends on time while the loop is free', async () => {
  const startedAt = performance.now();
  await new Promise<void>((resolve) => startTimeout(900, resolve));
  expect(performance.now() - startedAt).toBeGreaterThan(890);
  expect(performance.now() - startedAt).toBeLessThan(1100);
});
