/** The budget of calls through the whole gateway: the upstream never sees one too many, and callers learn when to come. */

import { describe, expect, it } from 'vitest';
import { balances, details } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { oauthEnv, startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);
const identifiers = [mobiles.twelve, mobiles.three, mobiles.gaps].map(byMobile);

describe('UPSTREAM_CALLS_PER_MINUTE', () => {
  it('is never exceeded, and a call that cannot get a permit in time is refused at once with `retryAfter`', async () => {
    const harness = await startHarness(
      { members: threeMembers, callsPerMinute: 2 },
      { UPSTREAM_CALLS_PER_MINUTE: '2', UPSTREAM_RETRIES: '2' },
    );
    const startedAt = performance.now();
    const answers = await Promise.all(identifiers.map((one) => harness.ask(details, { identifier: one })));
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(answers.flatMap(errorsOf)).toEqual([['RATE_LIMITED', 'customer']]);
    const refused = answers.find(({ errors }) => errors !== undefined)?.errors?.[0];
    expect(refused?.extensions).toMatchObject({ retryAfter: 61, retryable: true });
    expect(harness.sandbox.callCount()).toBe(2);
    expect(harness.sandbox.calls().some(({ overLimit }) => overLimit)).toBe(false);
  });

  it('counts token calls, and reserves the last permit for them', async () => {
    const harness = await startHarness(
      { members: threeMembers, callsPerMinute: 4 },
      { ...oauthEnv, UPSTREAM_CALLS_PER_MINUTE: '4' },
    );
    const answers = await Promise.all(identifiers.map((one) => harness.ask(details, { identifier: one })));
    expect(answers.flatMap(errorsOf)).toEqual([['RATE_LIMITED', 'customer']]);
    expect([harness.sandbox.callCount(), harness.sandbox.tokenCalls().length]).toEqual([2, 1]);
  });

  it('counts retries', async () => {
    const harness = await startHarness(
      { members: threeMembers },
      { UPSTREAM_CALLS_PER_MINUTE: '2', UPSTREAM_RETRIES: '5' },
    );
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    const answer = await harness.ask(details, { identifier });
    expect(errorsOf(answer)).toEqual([['RATE_LIMITED', 'customer']]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('ends a list early: the edges so far are given with LIST_INCOMPLETE', async () => {
    const harness = await startHarness({ members: threeMembers }, { UPSTREAM_CALLS_PER_MINUTE: '1' });
    const answer = await harness.ask(balances, { identifier, first: 12 });
    expect(errorsOf(answer)).toEqual([]);
    expect(JSON.stringify(answer.data)).toContain('LIST_INCOMPLETE');
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('an upstream that answers 429', () => {
  it.each([
    ['seconds', { form: 'seconds', retryAfter: 40 }, 40],
    ['a date', { form: 'date', retryAfter: 40 }, 40],
    ['nothing', {}, 60],
  ] as const)('with %s gets no call from any caller for that long', async (_, fault, seconds) => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind: 'rate-limited', times: 1, ...fault }]);
    await harness.ask(details, { identifier });
    const answers = await Promise.all(identifiers.map((one) => harness.ask(details, { identifier: one })));
    expect(answers.flatMap(errorsOf)).toEqual(Array.from({ length: 3 }, () => ['RATE_LIMITED', 'customer']));
    const waits = answers.map(({ errors }) => Number(errors?.[0]?.extensions?.['retryAfter']));
    for (const each of waits) expect(Math.abs(each - seconds)).toBeLessThanOrEqual(1);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('is called again right after the pause, for operations whose deadline allows the wait', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind: 'rate-limited', times: 1, retryAfter: 1 }]);
    await harness.ask(details, { identifier });
    const answers = await Promise.all(identifiers.map((one) => harness.ask(details, { identifier: one })));
    expect(answers.flatMap(errorsOf)).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(4);
  });
});
