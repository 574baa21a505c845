/** When calls are refused, and how they come to be made again, on a clock of the test's own. */

import { describe, expect, it } from 'vitest';
import { createBreaker, type Verdict } from '../../src/upstream/breaker.ts';
import { isFinal } from '../../src/upstream/final-failure.ts';

/** A breaker whose calls end as the test says. */
const open = () => {
  const clock = { now: 0 };
  const made = { calls: 0, refused: 0 };
  const breaker = createBreaker(
    () => clock.now,
    () => {
      made.refused += 1;
    },
  );
  const end = (verdict: Verdict) =>
    breaker
      .run(
        async () => {
          made.calls += 1;
          if (verdict !== 'well') throw new Error(verdict);
        },
        () => verdict,
      )
      .catch((error: Error) => error);
  const repeat = async (verdict: Verdict, times: number) => {
    for (let index = 0; index < times; index += 1) await end(verdict);
  };
  return { clock, breaker, made, end, repeat };
};

/** One that twenty failures have opened. */
const openBroken = async () => {
  const opened = open();
  await opened.repeat('failing', 20);
  expect(opened.breaker.state()).toBe('open');
  return opened;
};

/** A call that ends when the test says so. */
const pending = (run: (call: () => Promise<void>) => Promise<unknown>) => {
  let succeed = () => {};
  const call = new Promise<void>((resolve) => {
    succeed = resolve;
  });
  return { ended: run(() => call), succeed };
};

describe('a breaker', () => {
  it('opens when half of at least twenty calls fail', async () => {
    const { breaker, repeat } = open();
    await repeat('well', 10);
    await repeat('failing', 9);
    expect(breaker.state()).toBe('closed');
    await repeat('failing', 1);
    expect(breaker.state()).toBe('open');
  });

  it('stays closed while fewer fail, or while failures say nothing of the upstream', async () => {
    const { breaker, repeat } = open();
    await repeat('unknown', 100);
    await repeat('well', 50);
    await repeat('failing', 49);
    expect(breaker.state()).toBe('closed');
  });

  it('forgets failures after half a minute', async () => {
    const { clock, breaker, repeat } = open();
    await repeat('failing', 19);
    clock.now = 30_000;
    await repeat('failing', 19);
    expect(breaker.state()).toBe('closed');
  });

  it('tells of every call that it refuses, and of none that it makes', async () => {
    const { breaker, made, end } = await openBroken();
    expect(made).toEqual({ calls: 20, refused: 0 });
    await end('well');
    expect(() => breaker.refuseIfOpen()).toThrow();
    expect(made).toEqual({ calls: 20, refused: 2 });
  });

  it('that is open makes no call, and says so for good', async () => {
    const { breaker, made, end } = await openBroken();
    const error = await end('well');
    expect(error).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(isFinal(error as never)).toBe(true);
    expect(() => breaker.refuseIfOpen()).toThrow('failing');
    expect(made.calls).toBe(20);
  });

  it('lets one call through after five seconds, and all when that is well', async () => {
    const { clock, breaker, made, end } = await openBroken();
    clock.now = 4999;
    await end('well');
    expect(made.calls).toBe(20);
    clock.now = 5000;
    expect(() => breaker.refuseIfOpen()).not.toThrow();
    const probe = pending((call) => breaker.run(call, () => 'unknown'));
    expect(breaker.state()).toBe('half-open');
    expect(await end('well')).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    probe.succeed();
    await probe.ended;
    expect(breaker.state()).toBe('closed');
    await end('failing');
    expect(breaker.state()).toBe('closed');
  });

  it('stays open for as long again when that one fails', async () => {
    const { clock, breaker, made, end } = await openBroken();
    clock.now = 5000;
    await end('failing');
    expect(breaker.state()).toBe('open');
    clock.now = 9999;
    await end('well');
    expect(made.calls).toBe(21);
    clock.now = 10_000;
    await end('well');
    expect(breaker.state()).toBe('closed');
  });

  it('lets the next one decide when that one told nothing', async () => {
    const { clock, breaker, end } = await openBroken();
    clock.now = 5000;
    await end('unknown');
    await end('well');
    expect(breaker.state()).toBe('closed');
  });

  it('refuses a call that waited for something of its own while it opened', async () => {
    const { breaker, repeat } = open();
    let goOn = () => {};
    const waited = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const late = breaker.run(
      async (refuseIfShut) => {
        await waited;
        refuseIfShut();
        return 'made';
      },
      () => 'unknown',
    );
    await repeat('failing', 20);
    goOn();
    await expect(late).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(breaker.state()).toBe('open');
  });

  it('closes when somebody answers its probe, whatever is said', async () => {
    const { clock, breaker, end } = await openBroken();
    clock.now = 5000;
    await end('there');
    expect(breaker.state()).toBe('closed');
  });

  it('learns nothing from calls that were under way when it opened', async () => {
    const { breaker, repeat } = open();
    const early = pending((call) => breaker.run(call, () => 'unknown'));
    await repeat('failing', 20);
    early.succeed();
    await early.ended;
    expect(breaker.state()).toBe('open');
  });
});
