/** The life of a token on a clock of the test's own: few token calls, and none that a caller waits for in vain. */

import { describe, expect, it, vi } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { FetchedToken } from '../../src/upstream/token.ts';
import { createTokenKeeper, refusalPauseMs } from '../../src/upstream/token-keeper.ts';

const lifeMs = 300_000;
const down = new GatewayError('UPSTREAM_UNAVAILABLE', 'down');
const keyRefused = new GatewayError('UPSTREAM_UNAUTHORIZED', 'refused');

/** A keeper over a token endpoint whose calls the test answers one by one. */
const open = () => {
  const clock = { now: 0 };
  const pending: { resolve: (token: FetchedToken) => void; reject: (error: Error) => void }[] = [];
  const fetchToken = vi.fn(
    (_deadlineAt: number) =>
      new Promise<FetchedToken>((resolve, reject) => {
        pending.push({ resolve, reject });
      }),
  );
  const keeper = createTokenKeeper({ fetchToken, now: () => clock.now });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const give = async (value: string) => {
    pending.shift()?.resolve({ value, lifeMs, sentAt: clock.now });
    await settle();
  };
  const fail = async (error: Error) => {
    pending.shift()?.reject(error);
    await settle();
  };
  const token = () => keeper.token(Number.POSITIVE_INFINITY);
  return { clock, keeper, fetchToken, give, fail, token };
};

/** The same with a first token, `one`. */
const openWithToken = async () => {
  const opened = open();
  const first = opened.token();
  await opened.give('one');
  expect(await first).toBe('one');
  return opened;
};

describe('a token', () => {
  it('is fetched once however many wait for it, and not before one is wanted', async () => {
    const { fetchToken, give, token } = open();
    expect(fetchToken).not.toHaveBeenCalled();
    const waiting = Array.from({ length: 100 }, token);
    await give('one');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['one']));
    expect(fetchToken).toHaveBeenCalledTimes(1);
  });

  it('is renewed once in the last tenth of its life while the old one serves', async () => {
    const { clock, fetchToken, give, token } = await openWithToken();
    clock.now = lifeMs * 0.9 - 1;
    expect(await token()).toBe('one');
    expect(fetchToken).toHaveBeenCalledTimes(1);
    clock.now = lifeMs * 0.9;
    expect(await Promise.all([token(), token(), token()])).toEqual(['one', 'one', 'one']);
    expect(fetchToken).toHaveBeenCalledTimes(2);
    await give('two');
    expect(await token()).toBe('two');
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });

  it('serves until its real end while the token endpoint is down, which is not stormed meanwhile', async () => {
    const { clock, fetchToken, fail, token } = await openWithToken();
    for (clock.now = lifeMs * 0.9; clock.now < lifeMs; clock.now += 100) {
      expect(await token()).toBe('one');
      await fail(down);
    }
    expect(fetchToken.mock.calls.length).toBeLessThanOrEqual(11);
    expect(fetchToken.mock.calls.length).toBeGreaterThanOrEqual(8);
    const late = expect(token()).rejects.toBe(down);
    await fail(down);
    await late;
  });

  it('that is due must be renewed before it ends', async () => {
    const { clock, fetchToken, token } = await openWithToken();
    clock.now = lifeMs * 0.95;
    await token();
    expect(fetchToken).toHaveBeenLastCalledWith(lifeMs, undefined);
  });

  it('is replaced once when many calls with it are answered 401', async () => {
    const { keeper, fetchToken, give, token } = await openWithToken();
    const again = Array.from({ length: 50 }, () => {
      expect(keeper.refused('one')).toBe(true);
      return token();
    });
    await give('two');
    expect(new Set(await Promise.all(again))).toEqual(new Set(['two']));
    // Calls that had gone out with the old token come back late, and change nothing.
    expect(keeper.refused('one')).toBe(true);
    expect(await token()).toBe('two');
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });

  it('that followed a refusal and is refused at once is not replaced for a while', async () => {
    const { clock, keeper, fetchToken, give, token } = await openWithToken();
    keeper.refused('one');
    const next = token();
    await give('two');
    await next;
    expect(keeper.refused('two')).toBe(false);
    expect(await token()).toBe('two');
    clock.now += refusalPauseMs;
    expect(keeper.refused('two')).toBe(true);
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });

  it('that was accepted since is replaced as often as it is revoked', async () => {
    const { keeper, give, token } = await openWithToken();
    for (const [old, fresh] of [
      ['one', 'two'],
      ['two', 'three'],
    ] as const) {
      expect(keeper.refused(old)).toBe(true);
      const next = token();
      await give(fresh);
      expect(await next).toBe(fresh);
      keeper.accepted(fresh);
    }
  });
});

describe('a key', () => {
  it('that is refused is refused to everybody who waits, and not tried again for a while', async () => {
    const { clock, fetchToken, give, fail, token } = open();
    const waiting = [token(), token()].map((one) => expect(one).rejects.toBe(keyRefused));
    await fail(keyRefused);
    await Promise.all(waiting);
    await expect(token()).rejects.toBe(keyRefused);
    expect(fetchToken).toHaveBeenCalledTimes(1);
    clock.now += refusalPauseMs;
    const next = token();
    await give('one');
    expect(await next).toBe('one');
  });

  it('that is refused while a token is still good leaves that in use', async () => {
    const { clock, fail, token } = await openWithToken();
    clock.now = lifeMs * 0.95;
    await token();
    await fail(keyRefused);
    expect(await token()).toBe('one');
  });
});
