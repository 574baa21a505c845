/** When calls are refused, which callers are still served, and how an open breaker finds that the upstream is well again. */

import { describe, expect, it } from 'vitest';
import { startBreaker, startBroken, startBrokenForAll } from './breaker-stage.ts';

describe('a breaker', () => {
  it('opens when ten questions of several requests failed and none was answered', () => {
    const { breaker, repeat } = startBreaker();
    repeat('answered', 100);
    repeat('upstream', 9);
    expect(breaker.state()).toBe('closed');
    repeat('upstream', 1);
    expect(breaker.state()).toBe('open');
  });

  it('counts a question once, however often it is asked', () => {
    const { breaker, repeat } = startBreaker();
    repeat('upstream', 9);
    repeat('upstream', 100, { question: 'one' });
    expect(breaker.state()).toBe('open');
    const other = startBreaker();
    other.repeat('upstream', 100, { question: 'one' });
    expect(other.breaker.state()).toBe('closed');
  });

  it('stays closed for one request, however much it asks', () => {
    const { breaker, repeat } = startBreaker();
    repeat('upstream', 50, { requestId: 'one' });
    expect(breaker.state()).toBe('closed');
  });

  it('stays closed while questions are answered in between', () => {
    const { breaker, repeat, end } = startBreaker();
    for (let round = 0; round < 20; round += 1) {
      repeat('upstream', 9);
      end('answered');
    }
    expect(breaker.state()).toBe('closed');
  });

  it('stays closed while failures say nothing about the upstream', () => {
    const { breaker, repeat } = startBreaker();
    repeat('nobody', 100);
    repeat('edge', 100);
    expect(breaker.state()).toBe('closed');
  });

  it('forgets failures after half a minute', () => {
    const { clock, breaker, repeat } = startBreaker();
    repeat('upstream', 9);
    clock.now = 30_000;
    repeat('upstream', 9);
    expect(breaker.state()).toBe('closed');
  });

  it('reports every call that it refuses, and none that it makes', () => {
    const { breaker, made, callOf, end } = startBroken();
    expect(made).toEqual({ calls: 10, refused: 0 });
    end('answered');
    expect(() => breaker.refuseIfOpen(callOf())).toThrow();
    expect(made).toEqual({ calls: 10, refused: 2 });
  });

  it('refuses with UPSTREAM_UNAVAILABLE, not to be tried again, without a call', () => {
    const { made, end } = startBroken();
    const error = end('answered');
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', again: 'no', sent: false });
    expect(made.calls).toBe(10);
  });
});

describe('a caller whose questions fail', () => {
  it('is shut out alone', () => {
    const { isRefused } = startBroken();
    expect(isRefused({ fairnessKey: 'a' })).toBe(true);
    expect(isRefused({ fairnessKey: 'b' })).toBe(false);
  });

  it('shuts out nobody together with one other caller, which may be itself at another address', () => {
    const { repeat, isRefused } = startBroken();
    repeat('upstream', 50, { fairnessKey: 'b' });
    expect(isRefused({ fairnessKey: 'c' })).toBe(false);
  });

  it('leaves a question that was answered a moment ago to others at its address', () => {
    const { clock, breaker, repeat, end, isRefused } = startBreaker();
    end('answered', { question: 'good' });
    repeat('upstream', 10);
    expect(isRefused({ question: 'good' })).toBe(false);
    expect(isRefused({ question: 'new' })).toBe(true);
    end('answered', { question: 'good' });
    expect(breaker.state()).toBe('closed');
    repeat('upstream', 10);
    clock.now = 30_000;
    end('upstream');
    expect(isRefused({ question: 'good' })).toBe(true);
  });

  it('is not reported as open once another caller is answered', () => {
    const { breaker, end, isRefused } = startBroken();
    end('answered', { fairnessKey: 'b' });
    expect(breaker.state()).toBe('closed');
    expect(isRefused({ fairnessKey: 'a' })).toBe(true);
  });
});

describe('an outage', () => {
  it('shuts out everybody once ten questions of three callers failed', () => {
    const { made, isRefused } = startBrokenForAll();
    expect(made.calls).toBe(10);
    expect(isRefused({ fairnessKey: 'd' })).toBe(true);
  });

  it('costs each question that was answered a moment ago one call more', () => {
    const { end, isRefused, made } = startBreaker();
    end('answered', { question: 'good' });
    for (const fairnessKey of ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a'])
      end('upstream', { fairnessKey });
    end('upstream', { question: 'good', fairnessKey: 'd' });
    expect(isRefused({ question: 'good', fairnessKey: 'd' })).toBe(true);
    expect(made.calls).toBe(12);
  });

  it('ends for everybody with the first answer, even of a call that was in flight when it began', () => {
    const { breaker, begin, end, isRefused } = startBreaker();
    const early = begin({ fairnessKey: 'a' });
    for (const fairnessKey of ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a'])
      end('upstream', { fairnessKey });
    expect(isRefused({ fairnessKey: 'd' })).toBe(true);
    early.end('answered');
    expect(isRefused({ fairnessKey: 'd' })).toBe(false);
    expect(breaker.state()).toBe('closed');
  });
});

describe('an open breaker', () => {
  it('lets one call through after half a second, and all when that is answered', () => {
    const { clock, breaker, made, callOf, begin, isRefused } = startBroken();
    clock.now = 499;
    expect(isRefused()).toBe(true);
    clock.now = 500;
    expect(() => breaker.refuseIfOpen(callOf())).not.toThrow();
    const trial = begin();
    expect(breaker.state()).toBe('half-open');
    expect(isRefused()).toBe(true);
    trial.end('answered');
    expect(breaker.state()).toBe('closed');
    expect(isRefused()).toBe(false);
    expect(made.calls).toBe(11); // Ten failures, and the last one: the trial is a call of the test's own.
  });

  it('doubles the pause with each trial that fails, up to five seconds', () => {
    const { clock, end, made } = startBroken();
    const trials: number[] = [];
    for (clock.now = 0; clock.now < 20_000; clock.now += 100) {
      const before = made.calls;
      end('upstream');
      if (made.calls > before) trials.push(clock.now);
    }
    expect(trials).toEqual([500, 1500, 3500, 7500, 12_500, 17_500]);
  });

  it('makes the next call the trial call when the last one had no evidence', () => {
    const { clock, breaker, end } = startBroken();
    clock.now = 500;
    end('nobody');
    end('answered');
    expect(breaker.state()).toBe('closed');
  });

  it('closes when a trial call is answered, whatever the answer is', () => {
    const { clock, breaker, end } = startBroken();
    clock.now = 500;
    end('edge');
    expect(breaker.state()).toBe('closed');
  });

  it('remembers a thousand failing callers, and forgets the one that failed first', () => {
    const { end, isRefused, repeat } = startBroken();
    end('answered', { fairnessKey: 'z' }); // The circuit of everybody must not hide those of callers.
    for (let index = 0; index < 999; index += 1)
      end('upstream', { fairnessKey: `b${index}`, question: 'one' });
    expect(isRefused({ fairnessKey: 'a' })).toBe(true);
    repeat('upstream', 1, { fairnessKey: 'one more', question: 'one' });
    expect(isRefused({ fairnessKey: 'a' })).toBe(false);
  });
});
