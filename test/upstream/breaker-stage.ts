/** A breaker on a clock of the test's own, whose calls end as the test says. */

import { expect } from 'vitest';
import { type Asked, createBreaker, type Shown } from '../../src/upstream/breaker.ts';

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
    return { fairnessKey: 'a', requestId: `request ${count}`, question: `question ${count}`, ...given };
  };
  const begin = (given?: Partial<Asked>) => {
    const call = asked(given);
    const trials = breaker.begin(call);
    return { end: (shown: Shown) => breaker.end(call, trials, shown) };
  };
  const end = (shown: Shown, given?: Partial<Asked>) => {
    try {
      const call = begin(given);
      made.calls += 1;
      call.end(shown);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const repeat = (shown: Shown, times: number, given?: Partial<Asked>) => {
    for (let index = 0; index < times; index += 1) end(shown, given);
  };
  const isRefused = (given?: Partial<Asked>) => {
    const before = made.refused;
    end('nobody', given);
    return made.refused > before;
  };
  return { clock, breaker, made, asked, begin, end, repeat, isRefused };
};

/** One in which ten questions of a caller have failed. */
export const startBroken = () => {
  const started = startBreaker();
  started.repeat('upstream', 10);
  expect(started.breaker.state()).toBe('open');
  return started;
};

/** One in which questions of three callers have failed. */
export const startBrokenForAll = () => {
  const started = startBreaker();
  for (const fairnessKey of ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a'])
    started.end('upstream', { fairnessKey });
  expect(started.breaker.state()).toBe('open');
  return started;
};
