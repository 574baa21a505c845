/** A breaker on a clock of the test's own, whose calls end as the test says. */

import { expect } from 'vitest';
import { type Asked, createBreaker, type Verdict } from '../../src/upstream/breaker.ts';

/** A breaker whose calls end as the test says. Every call is a question and a request of its own unless given. */
export const startBreaker = () => {
  const clock = { now: 0 };
  const made = { calls: 0, refused: 0 };
  const breaker = createBreaker(
    () => clock.now,
    () => {
      made.refused += 1;
    },
  );
  let count = 0;
  const asked = (given: Partial<Asked> = {}): Asked => {
    count += 1;
    return { caller: 'a', requestId: `request ${count}`, question: `question ${count}`, ...given };
  };
  const end = (verdict: Verdict, given?: Partial<Asked>) =>
    breaker
      .run(
        asked(given),
        async () => {
          made.calls += 1;
          if (verdict !== 'well') throw new Error(verdict);
        },
        () => verdict,
      )
      .catch((error: Error) => error);
  const repeat = async (verdict: Verdict, times: number, given?: Partial<Asked>) => {
    for (let index = 0; index < times; index += 1) await end(verdict, given);
  };
  const isRefused = async (given?: Partial<Asked>) => {
    const before = made.refused;
    await end('unknown', given);
    return made.refused > before;
  };
  return { clock, breaker, made, asked, end, repeat, isRefused };
};

/** One in which ten questions of a caller have failed. */
export const startBroken = async () => {
  const started = startBreaker();
  await started.repeat('failing', 10);
  expect(started.breaker.state()).toBe('open');
  return started;
};

/** One in which questions of three callers have failed. */
export const startBrokenForAll = async () => {
  const started = startBreaker();
  for (const caller of ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a'])
    await started.end('failing', { caller });
  expect(started.breaker.state()).toBe('open');
  return started;
};

/** A call that ends when the test says so. */
export const pending = (run: (call: () => Promise<void>) => Promise<unknown>) => {
  let succeed = () => {};
  const call = new Promise<void>((resolve) => {
    succeed = resolve;
  });
  return { ended: run(() => call), succeed };
};
