/** How an open breaker finds out that the upstream is well again. */

import { describe, expect, it } from 'vitest';
import { startBroken } from './breaker-stage.ts';

describe('an open breaker', () => {
  it('lets one call through after half a second, and all when that is answered', () => {
    const { clock, breaker, made, asked, begin, isRefused } = startBroken();
    clock.now = 499;
    expect(isRefused()).toBe(true);
    clock.now = 500;
    expect(() => breaker.refuseIfOpen(asked())).not.toThrow();
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

  it('lets the next call decide when the trial told nothing', () => {
    const { clock, breaker, end } = startBroken();
    clock.now = 500;
    end('nobody');
    end('answered');
    expect(breaker.state()).toBe('closed');
  });

  it('closes when a trial is answered, whatever is said', () => {
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
