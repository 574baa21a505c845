/** The life of a token as the upstream sees it, on a fake clock: fewest token calls, and no caller waits for a renewal. */

import { describe, expect, it, vi } from 'vitest';
import { ignoredEvents } from '../../src/upstream/observe.ts';
import { openTimed, type SeenCall, settle, type TimedAnswer } from './timed-upstream.ts';

const credentials = { key: 'key', secret: 'secret' };

/** A client with key and secret; token calls and page calls are answered apart. */
const open = (
  answerToken: (number: number) => TimedAnswer,
  answerPage: (call: SeenCall) => TimedAnswer = () => ({}),
) => {
  let tokenCalls = 0;
  const opened = openTimed(
    (call) => {
      if (!call.isToken) return answerPage(call);
      tokenCalls += 1;
      return answerToken(tokenCalls);
    },
    {},
    { credentials },
  );
  const tokens = () => opened.seen.filter(({ isToken }) => isToken).map(({ at }) => at);
  const pages = () => opened.seen.filter(({ isToken }) => !isToken).map(({ token }) => token);
  return { ...opened, tokens, pages };
};

/** Asks at this moment; a call that must wait for a token is not waited for. */
const callAt = async ({ call }: ReturnType<typeof open>, moment: number) => {
  await vi.advanceTimersByTimeAsync(moment - Date.now());
  const outcome = call();
  await settle();
  return outcome;
};

describe('a token', () => {
  it('is fetched once for all calls that wait, and not before one is wanted', async () => {
    const opened = open(() => ({ afterMs: 100 }));
    await settle();
    expect(opened.seen).toHaveLength(0);
    const calls = Array.from({ length: 5 }, () => opened.call());
    await vi.advanceTimersByTimeAsync(100);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 5 }, () => 'page'));
    expect(opened.tokens()).toHaveLength(1);
  });

  it('is renewed once in the last tenth of its life, while the old one serves', async () => {
    const opened = open(() => ({ ttlSeconds: 100, afterMs: 500 }));
    const first = callAt(opened, 0);
    await vi.advanceTimersByTimeAsync(500);
    await first;
    await callAt(opened, 89_000);
    expect(opened.tokens()).toEqual([0]);
    expect(await Promise.all([callAt(opened, 95_000), opened.call()])).toEqual(['page', 'page']);
    await callAt(opened, 96_000);
    expect(opened.tokens()).toEqual([0, 95_000]);
    expect(new Set(opened.pages()).size).toBe(2); // The old one, and after its renewal the new one.
  });

  it('is used until it expires while the token endpoint fails, which is asked only now and then', async () => {
    const opened = open((number) => (number === 1 ? { ttlSeconds: 100 } : { status: 503 }));
    await callAt(opened, 0);
    for (let moment = 91_000; moment < 100_000; moment += 100)
      expect(await callAt(opened, moment)).toBe('page');
    expect(opened.tokens().length).toBeLessThanOrEqual(12); // Of ninety that could have asked.
    expect(await callAt(opened, 100_000)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('that is answered 401 is replaced once for all calls that were sent with it', async () => {
    const opened = open(
      () => ({}),
      ({ token }) => ({ status: token === 't1' ? 401 : 200, afterMs: 50 }),
    );
    const calls = Array.from({ length: 6 }, () => opened.call());
    await vi.advanceTimersByTimeAsync(200);
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 6 }, () => 'page'));
    expect([opened.tokens().length, opened.pages().length]).toEqual([2, 12]);
  });

  it('that replaced another and is answered 401 as well is not replaced again for five seconds', async () => {
    const opened = open(
      () => ({}),
      () => ({ status: 401 }),
    );
    for (let moment = 0; moment < 4000; moment += 500) {
      expect(await callAt(opened, moment)).toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    }
    expect(opened.tokens()).toHaveLength(2);
    await callAt(opened, 6000);
    expect(opened.tokens()).toHaveLength(3);
  });
});

describe('a call whose token ends while it waits for its slot', () => {
  it('waits for the next one with its permit in hand, and goes out with that', async () => {
    const { call, seen } = openTimed(
      ({ isToken }) => (isToken ? { ttlSeconds: 10 } : { afterMs: 11_000 }),
      { callsPerMinute: 5, maxConcurrency: 1 },
      { credentials, timeoutMs: 20_000 },
    );
    const calls = [call({ leftMs: 30_000 }), call({ leftMs: 30_000 })];
    await vi.advanceTimersByTimeAsync(22_000);
    expect(await Promise.all(calls)).toEqual(['page', 'page']);
    expect(seen.map(({ token, at }) => [token, at])).toEqual([
      [undefined, 0],
      ['t1', 0],
      [undefined, 11_000],
      ['t3', 11_000],
    ]);
  });
});

describe('a caller that leaves as soon as its call has a permit', () => {
  it('causes no token call', async () => {
    const caller = new AbortController();
    const events = { ...ignoredEvents, onWaited: () => caller.abort('gone') };
    const { call, seen } = openTimed(() => ({ status: 503 }), {}, { credentials, events });
    expect(await call({ signal: caller.signal })).toBe('gone');
    await settle();
    expect(seen).toHaveLength(0);
  });
});

describe('a key that is refused', () => {
  it('fails all calls that wait and those of the next seconds, with one token call', async () => {
    const opened = open(() => ({ status: 401 }));
    const waiting = [opened.call(), opened.call()];
    await settle();
    for (const outcome of await Promise.all(waiting)) {
      expect(outcome).toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    }
    expect(await callAt(opened, 4900)).toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
    expect(opened.client.areCredentialsRefused()).toBe(true);
    expect([opened.tokens().length, opened.pages().length]).toEqual([1, 0]);
    await callAt(opened, 5001);
    expect(opened.tokens()).toHaveLength(2);
  });
});

describe('a token endpoint that fails', () => {
  it('is not asked for five seconds, and calls with time for it wait so long', async () => {
    const opened = open((number) => (number === 1 ? { status: 503 } : {}));
    expect(await callAt(opened, 0)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await callAt(opened, 1000)).toMatchObject({ details: { retryAfter: 4 }, sent: false });
    expect(opened.tokens()).toEqual([0]);
    expect(await callAt(opened, 5000)).toBe('page');
    expect(opened.tokens()).toEqual([0, 5000]);
  });
});
