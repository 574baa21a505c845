/** The life of a token on a clock of the test's own: few token calls, and none that a caller waits for in vain. */

import { describe, expect, it } from 'vitest';
import { CallFailure } from '../../src/upstream/failure.ts';
import { refusalPauseMs } from '../../src/upstream/token-rest.ts';
import { lifeMs, openKeeper, openWithToken } from './held-token-endpoint.ts';

const down = new CallFailure('UPSTREAM_UNAVAILABLE', 'down');

describe('a token', () => {
  it('is fetched once however many wait for it, and not before one is wanted', async () => {
    const { fetchToken, give, token } = openKeeper();
    expect(fetchToken).not.toHaveBeenCalled();
    const waiting = Array.from({ length: 100 }, () => token());
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
    const late = expect(token()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await fail(down);
    await late;
  });

  it('that is due must be renewed before it ends', async () => {
    const { clock, fetchToken, token } = await openWithToken();
    clock.now = lifeMs * 0.95;
    await token();
    expect(fetchToken.mock.lastCall?.[0]()).toBe(lifeMs);
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

  it('that was asked for before the old one was refused is replaced when it is refused too', async () => {
    const { clock, keeper, fetchToken, give, token } = await openWithToken();
    clock.now = lifeMs * 0.9;
    await token();
    keeper.refused('one');
    await give('two');
    expect(keeper.refused('two')).toBe(true);
    const next = token();
    await give('three');
    expect(await next).toBe('three');
    expect(fetchToken).toHaveBeenCalledTimes(3);
  });

  it('is fetched for as long as anybody who wants it can wait', async () => {
    const { fetchToken, give, token } = openKeeper();
    const waiting = [token(1000), token(30_000), token(2000)];
    expect(fetchToken).toHaveBeenCalledTimes(1);
    expect(fetchToken.mock.lastCall?.[0]()).toBe(30_000);
    await give('one');
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['one']));
  });

  it('that must wait for the budget is waited for by those alone who have the time, and the others are told', async () => {
    const { fetchToken, give, token } = openKeeper();
    const spent = new CallFailure('RATE_LIMITED', 'spent');
    const [patient, hasty] = [token(9000), expect(token(4000)).rejects.toBe(spent)];
    fetchToken.mock.lastCall?.[1](5000, () => spent);
    await hasty;
    await give('one');
    expect(await patient).toBe('one');
    expect(fetchToken).toHaveBeenCalledTimes(1);
  });

  it('whose renewal is under way when it ends is waited for beyond that', async () => {
    const { clock, fetchToken, give, token } = await openWithToken();
    clock.now = lifeMs * 0.95;
    await token();
    clock.now = lifeMs;
    const late = token(lifeMs + 500);
    expect(fetchToken.mock.lastCall?.[0]()).toBe(lifeMs + 500);
    await give('two');
    expect(await late).toBe('two');
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });

  it.each([1, 1000])('that lives %i ms is not fetched more than four times a second', async (ownLifeMs) => {
    const { clock, fetchToken, give, token } = openKeeper();
    for (clock.now = 0; clock.now < 10_000; clock.now += 10) {
      const wanted = token();
      await give('short', ownLifeMs);
      expect(await wanted).toBe('short');
    }
    expect(fetchToken.mock.calls.length).toBeLessThanOrEqual(40);
  });

  it('that lives a second is renewed at most twice before its end while the token endpoint is down', async () => {
    const { clock, fetchToken, give, fail, token } = openKeeper();
    void token();
    await give('short', 1000);
    for (clock.now = 900; clock.now < 1000; clock.now += 5) {
      expect(await token()).toBe('short');
      await fail(down);
    }
    expect(fetchToken.mock.calls.length).toBeLessThanOrEqual(3);
  });

  it('that was accepted since is replaced when it is revoked again, but not for one question after the other', async () => {
    const { clock, keeper, fetchToken, give, token } = await openWithToken();
    const revoke = async (old: string, fresh: string) => {
      expect(keeper.refused(old)).toBe(true);
      const next = token();
      await give(fresh);
      expect(await next).toBe(fresh);
      keeper.accepted(fresh);
    };
    await revoke('one', 'two');
    await revoke('two', 'three');
    await revoke('three', 'four');
    for (let question = 0; question < 10; question += 1) {
      expect(keeper.refused('four')).toBe(true); // Sent once more, with the same token.
      expect(await token()).toBe('four');
      keeper.accepted('four'); // Other calls are let in.
    }
    expect(fetchToken).toHaveBeenCalledTimes(4);
    clock.now += 3 * refusalPauseMs;
    await revoke('four', 'five');
  });

  it('is replaced, however often others were, when nobody is let in with it any more', async () => {
    const { keeper, fetchToken, give, token } = await openWithToken();
    for (const fresh of ['two', 'three', 'four']) {
      keeper.refused(await token());
      const next = token();
      await give(fresh);
      keeper.accepted(await next);
    }
    for (let call = 0; call < 4; call += 1) keeper.refused('four');
    const next = token();
    await give('five');
    expect(await next).toBe('five');
    expect(fetchToken).toHaveBeenCalledTimes(5);
  });
});
