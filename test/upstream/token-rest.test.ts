/** A token endpoint that fails, or refuses the key, is left alone for a while, and those who want a token are told at once. */

import { describe, expect, it } from 'vitest';
import { CallFailure, ownRefusal } from '../../src/upstream/failure.ts';
import { refusalPauseMs } from '../../src/upstream/token-rest.ts';
import { lifeMs, openKeeper, openWithToken } from './held-token-endpoint.ts';

const down = new CallFailure('UPSTREAM_UNAVAILABLE', 'down');
const keyRefused = new CallFailure('UPSTREAM_UNAUTHORIZED', 'refused');

describe('a key', () => {
  it('that is refused is refused to everybody who waits, and not tried again for a while', async () => {
    const { clock, fetchToken, onRefusal, give, fail, token } = openKeeper();
    const waiting = [token(), token()].map((one) => expect(one).rejects.toBe(keyRefused));
    await fail(keyRefused);
    await Promise.all(waiting);
    await expect(token()).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED', sent: false });
    expect(fetchToken).toHaveBeenCalledTimes(1);
    expect(onRefusal).not.toHaveBeenCalled();
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

describe('a token endpoint', () => {
  /** Wants a token every 5 ms for so long, and says when it was asked for. */
  const wantDuring = async (ms: number, opened: ReturnType<typeof openKeeper>) => {
    const { clock, fetchToken, fail, token } = opened;
    const asked: number[] = [];
    for (const end = clock.now + ms; clock.now < end; clock.now += 5) {
      const before = fetchToken.mock.calls.length;
      const wanted = expect(token()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      if (fetchToken.mock.calls.length > before) asked.push(clock.now);
      await fail(down);
      await wanted;
    }
    return asked;
  };

  it('that is down is asked after pauses that grow to five seconds, and who comes between is told at once', async () => {
    const opened = openKeeper();
    const asked = await wantDuring(30_000, opened);
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(pauses).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000]);
    expect(opened.onRefusal).toHaveBeenCalledTimes(30_000 / 5 - asked.length);
  });

  it('that hangs is left alone for five seconds from the first time on, whatever it answers after that', async () => {
    const opened = openKeeper();
    const { clock, fetchToken, fail, give, token } = opened;
    const hung = new CallFailure('UPSTREAM_TIMEOUT', 'hung');
    const first = expect(token()).rejects.toBe(hung);
    clock.now += 10_000;
    await fail(hung);
    await first;
    clock.now += 4999;
    const second = expect(token()).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT', sent: false });
    expect(fetchToken).toHaveBeenCalledTimes(1);
    await second;
    clock.now += 1;
    expect(await wantDuring(10_000, opened)).toEqual([15_000, 20_000]);
    const next = token();
    await give('one');
    await next;
    opened.keeper.refused('one');
    expect(await wantDuring(100, opened)).toHaveLength(2);
  });

  it('that works again is asked after short pauses when it fails anew', async () => {
    const opened = openKeeper();
    await wantDuring(1000, opened);
    opened.clock.now += 5000;
    const next = opened.token();
    await opened.give('one');
    await next;
    opened.keeper.refused('one');
    expect(await wantDuring(100, opened)).toHaveLength(2);
  });

  it.each([
    ['the budget had no place for', ownRefusal('RATE_LIMITED', 'm', 9)],
    ['the upstream answered 429, whose pause is the budget', new CallFailure('RATE_LIMITED', 'm')],
  ])('is asked at once after a call that %s', async (_, error) => {
    const { fetchToken, give, fail, token } = openKeeper();
    const refused = expect(token()).rejects.toBe(error);
    await fail(error);
    await refused;
    const next = token();
    await give('one');
    expect(await next).toBe('one');
    expect(fetchToken).toHaveBeenCalledTimes(2);
  });
});
