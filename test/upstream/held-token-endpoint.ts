/** A token keeper over a token endpoint whose calls a test answers one by one, on a clock of the test's own. */

import { vi } from 'vitest';
import type { DelayObserver } from '../../src/upstream/budget-refusals.ts';
import type { FetchedToken } from '../../src/upstream/token.ts';
import { createTokenKeeper } from '../../src/upstream/token-keeper.ts';
import { createTokenRest } from '../../src/upstream/token-rest.ts';

/** How long its tokens live, in milliseconds, unless a test says otherwise. */
export const lifeMs = 300_000;

/** A keeper over a token endpoint whose calls the test answers one by one. */
export const openKeeper = () => {
  const clock = { now: 0 };
  const pending: { resolve: (token: FetchedToken) => void; reject: (error: Error) => void }[] = [];
  const fetchToken = vi.fn(
    (_deadlineAt: () => number, _onDelay: DelayObserver) =>
      new Promise<FetchedToken>((resolve, reject) => {
        pending.push({ resolve, reject });
      }),
  );
  const onRefusal = vi.fn(() => undefined);
  const now = () => clock.now;
  const keeper = createTokenKeeper({ fetchToken, rest: createTokenRest(now, onRefusal), now });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  const give = async (value: string, ownLifeMs = lifeMs) => {
    pending.shift()?.resolve({ value, lifeMs: ownLifeMs, sentAt: clock.now });
    await settle();
  };
  const fail = async (error: Error) => {
    pending.shift()?.reject(error);
    await settle();
  };
  const token = (deadlineAt = Number.POSITIVE_INFINITY) => keeper.token(() => deadlineAt);
  return { clock, keeper, fetchToken, onRefusal, give, fail, token };
};

/** The same with a first token, `one`. */
export const openWithToken = async () => {
  const opened = openKeeper();
  const first = opened.token();
  await opened.give('one');
  await first;
  return opened;
};
