/** A token that must wait for the budget, for callers with different deadlines. */

import { expect, it, vi } from 'vitest';
import { createTokenSource } from '../../../src/upstream/credentials/token-source.ts';
import { ownRefusal } from '../../../src/upstream/failure.ts';

it('a token call that its own deadline refused is made again for a caller with a later deadline', async () => {
  const spent = ownRefusal('RATE_LIMITED', 'spent', 15);
  const fetchToken = vi.fn(async (deadlineAt: number) => {
    await new Promise((resolve) => setImmediate(resolve));
    if (deadlineAt < 20) throw spent;
    return { value: 'one', lifeMs: 1000, sentAt: 0 };
  });
  const { token } = createTokenSource({ fetchToken, onResting: () => undefined, now: () => 0 });
  const [hasty, asHasty, patient] = [10, 10, 30].map((deadlineAt) => token(deadlineAt));
  await expect(hasty).rejects.toBe(spent);
  await expect(asHasty).rejects.toBe(spent);
  expect(await patient).toBe('one');
  expect(fetchToken.mock.calls.map(([deadlineAt]) => deadlineAt)).toEqual([10, 30]);
});
