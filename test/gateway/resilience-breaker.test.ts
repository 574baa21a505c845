/** An upstream that fails is left alone for a moment, and its callers are told at once. */

import { describe, expect, it } from 'vitest';
import { details } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);

const askTimes = async (harness: Harness, times: number) => {
  for (let index = 0; index < times; index += 1) await harness.ask(details, { identifier });
};

describe('an upstream that keeps failing', () => {
  it('is not called any more, which callers are told at once', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    await askTimes(harness, 20);
    expect(harness.sandbox.callCount()).toBe(20);
    const answer = await harness.ask(details, { identifier }, { 'x-upstream-receipt': '1' });
    expect(errorsOf(answer)).toEqual([['UPSTREAM_UNAVAILABLE', 'customer']]);
    expect(answer.extensions?.['upstream']).toMatchObject({ made: 0 });
    expect(harness.sandbox.callCount()).toBe(20);
  });
});

describe('calls that wait for a slot while the upstream begins to fail', () => {
  it('do not go out once it is known to fail', async () => {
    const harness = await startHarness({ members: threeMembers }, { UPSTREAM_MAX_CONCURRENCY: '2' });
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    await askAtOnce(harness, 80);
    expect(harness.sandbox.callCount()).toBeLessThanOrEqual(22); // Twenty to know it, two under way.
  });
});

/** Asks for many customers at once: each is a call of its own. */
const askAtOnce = (harness: Harness, times: number) =>
  Promise.all(
    Array.from({ length: times }, (_, index) =>
      harness.ask(details, { identifier: byMobile(`${Number(mobiles.twelve) + index}`) }),
    ),
  );

describe.each([
  ['unknown customers', { kind: 'refusal', code: 8015 }],
  ['refusals', { kind: 'refusal', code: 9005 }],
  ['limits', { kind: 'rate-limited', retryAfter: 0 }],
  ['refused credentials', { kind: 'unauthorized' }],
  ['status 404', { kind: 'other-shape', status: 404 }],
  ['JSON of another shape', { kind: 'other-shape' }],
] as const)('an upstream that answers with %s', (_, fault) => {
  it('is called again, however often it did', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([fault]);
    // At once, for each 429 keeps all that come later waiting for a second.
    await askAtOnce(harness, 25);
    expect(harness.sandbox.callCount()).toBe(25);
    await harness.ask(details, { identifier });
    expect(harness.sandbox.callCount()).toBe(26);
  });
});
