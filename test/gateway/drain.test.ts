/** A drain: every operation is answered in time, whatever it waits for. */

import { describe, expect, it } from 'vitest';
import { balances, details } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);
const timedOut = [['UPSTREAM_TIMEOUT', 'customer']];

describe('a drain', () => {
  it('answers with a coded error in time when the upstream is silent, also an operation that comes later', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind: 'hang' }]);
    const early = harness.ask(details, { identifier });
    await harness.sandbox.until(({ length }) => length === 1);
    harness.gateway.drain(300);
    const late = harness.ask(details, { identifier: byMobile(mobiles.three) });
    expect(errorsOf(await early)).toEqual(timedOut);
    expect(errorsOf(await late)).toEqual(timedOut);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('refuses at once an operation that waits for a permit, and also one that comes later', async () => {
    const harness = await startHarness(
      { members: threeMembers },
      { UPSTREAM_CALLS_PER_MINUTE: '1', OPERATION_TIMEOUT_MS: '600000' },
    );
    await harness.ask(details, { identifier });
    const early = harness.ask(details, { identifier: byMobile(mobiles.gaps) });
    const metrics = async () =>
      (await harness.gateway.fetch(new Request('http://gateway.test/metrics'))).text();
    await expect.poll(metrics).toMatch(/calls_waiting\{for="budget"\} 1/);
    harness.gateway.drain(500); // Shorter than the second after which the queue is rechecked anyway.
    const spent = [['RATE_LIMITED', 'customer']];
    expect(errorsOf(await early)).toEqual(spent);
    expect(errorsOf(await harness.ask(details, { identifier: byMobile(mobiles.three) }))).toEqual(spent);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('ends a list early, with the edges so far and a warning', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind: 'hang', query: { offset: '1' } }]);
    const answer = harness.ask(balances, { identifier, first: 12 });
    await harness.sandbox.until(({ length }) => length === 2);
    harness.gateway.drain(50);
    const { data, errors } = await answer;
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('LIST_INCOMPLETE');
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('makes no call for an operation that comes after the deadline', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.gateway.drain(0);
    expect(errorsOf(await harness.ask(details, { identifier }))).toEqual(timedOut);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
