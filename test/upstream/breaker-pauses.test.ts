/** How an open breaker finds out that the upstream is well again. */

import { describe, expect, it } from 'vitest';
import { pending, startBreaker, startBroken } from './breaker-stage.ts';

describe('an open breaker', () => {
  it('lets one call through after half a second, and all when that is answered', async () => {
    const { clock, breaker, made, asked, isRefused } = await startBroken();
    clock.now = 499;
    expect(await isRefused()).toBe(true);
    clock.now = 500;
    expect(() => breaker.refuseIfOpen(asked())).not.toThrow();
    const trial = pending((call) => breaker.run(asked(), call, () => 'unknown'));
    expect(breaker.state()).toBe('half-open');
    expect(await isRefused()).toBe(true);
    trial.succeed();
    await trial.ended;
    expect(breaker.state()).toBe('closed');
    expect(await isRefused()).toBe(false);
    expect(made.calls).toBe(11); // Ten failures, and the last one: the trial is a call of the test's own.
  });

  it('doubles the pause with each trial that fails, up to five seconds', async () => {
    const { clock, end, made } = await startBroken();
    const trials: number[] = [];
    for (clock.now = 0; clock.now < 20_000; clock.now += 100) {
      const before = made.calls;
      await end('failing');
      if (made.calls > before) trials.push(clock.now);
    }
    expect(trials).toEqual([500, 1500, 3500, 7500, 12_500, 17_500]);
  });

  it('lets the next call decide when the trial told nothing', async () => {
    const { clock, breaker, end } = await startBroken();
    clock.now = 500;
    await end('unknown');
    await end('well');
    expect(breaker.state()).toBe('closed');
  });

  it('closes when a trial is answered, whatever is said', async () => {
    const { clock, breaker, end } = await startBroken();
    clock.now = 500;
    await end('there');
    expect(breaker.state()).toBe('closed');
  });

  it('refuses a call that waited for something of its own meanwhile', async () => {
    const { breaker, asked, repeat } = startBreaker();
    let goOn = () => {};
    const waited = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const late = breaker.run(
      asked(),
      async (refuseIfShut) => {
        await waited;
        refuseIfShut();
        return 'made';
      },
      () => 'unknown',
    );
    await repeat('failing', 10);
    goOn();
    await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(breaker.state()).toBe('open');
  });

  it('remembers a thousand failing callers, and forgets the one that failed first', async () => {
    const { end, isRefused, repeat } = await startBroken();
    await end('well', { caller: 'z' }); // The circuit of everybody must not hide those of callers.
    for (let index = 0; index < 999; index += 1)
      await end('failing', { caller: `b${index}`, question: 'one' });
    expect(await isRefused({ caller: 'a' })).toBe(true);
    await repeat('failing', 1, { caller: 'one more', question: 'one' });
    expect(await isRefused({ caller: 'a' })).toBe(false);
  });
});
