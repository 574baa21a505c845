/** A breaker on a clock of the test's own. */

import { expect } from 'vitest';
import { type BreakerCall, createBreaker, type Evidence } from '../../src/upstream/breaker.ts';

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
  const callOf = (given: Partial<BreakerCall> = {}): BreakerCall => {
    count += 1;
    return { fairnessKey: 'a', requestId: `request ${count}`, question: `question ${count}`, ...given };
  };
  const begin = (given?: Partial<BreakerCall>) => {
    const call = callOf(given);
    const trials = breaker.begin(call);
    return { end: (evidence: Evidence) => breaker.end(call, trials, evidence) };
  };
  const end = (evidence: Evidence, given?: Partial<BreakerCall>) => {
    try {
      const call = begin(given);
      made.calls += 1;
      call.end(evidence);
      return undefined;
    } catch (error) {
      return error;
    }
  };
  const repeat = (evidence: Evidence, times: number, given?: Partial<BreakerCall>) => {
    for (let index = 0; index < times; index += 1) end(evidence, given);
  };
  const isRefused = (given?: Partial<BreakerCall>) => {
    const before = made.refused;
    end('nobody', given);
    return made.refused > before;
  };
  return { clock, breaker, made, callOf, begin, end, repeat, isRefused };
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
