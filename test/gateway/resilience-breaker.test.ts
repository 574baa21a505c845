/** Calls pause while the upstream fails. A question that always fails affects no other caller. */

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { customersDetails, details } from '../operations.ts';
import { numberedMember } from '../sandbox/numbered-ledger.ts';
import { errorsOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, customerNumber, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);
const receipt = { 'x-upstream-receipt': '1' };

/** Asks for many customers, each in a request of its own. */
const askEach = (harness: Harness, times: number, headers = {}) =>
  Promise.all(
    Array.from({ length: times }, (_, index) =>
      harness.ask(details, { identifier: customerNumber(index) }, headers),
    ),
  );

/** Fifty members for whom the upstream always fails, and three for whom it does not. */
const withFailing = (fault: Fault) => [
  ...threeMembers,
  ...Array.from({ length: 50 }, (_, index) =>
    numberedMember(customerNumber(index).value, { faults: [fault] }),
  ),
];

const failingIdentifiers = Array.from({ length: 50 }, (_, index) => customerNumber(index));

describe('an upstream that fails again and again', () => {
  it('is not called any more, and callers are refused at once', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    for (let index = 0; index < 10; index += 1)
      await harness.ask(details, { identifier: customerNumber(index) });
    expect(harness.sandbox.callCount()).toBe(10);
    const answer = await harness.ask(details, { identifier }, receipt);
    expect(errorsOf(answer)).toEqual([['UPSTREAM_UNAVAILABLE', 'customer']]);
    expect(answer.extensions?.['upstream']).toMatchObject({ made: 0 });
    expect(harness.sandbox.callCount()).toBe(10);
  });

  it('is called at most ten times in all, for any number of callers', async () => {
    const harness = await startHarness({ members: threeMembers }, { TRUSTED_PROXIES: '1' });
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    for (let index = 0; index < 20; index += 1) {
      const headers = { 'x-forwarded-for': `192.0.2.${index}` };
      await harness.ask(details, { identifier: customerNumber(index) }, headers);
    }
    expect(harness.sandbox.callCount()).toBeLessThan(15); // Ten, and on a slow machine a trial call.
  });
});

describe('calls that wait for a slot while the upstream begins to fail', () => {
  it('do not go out once it is known to fail', async () => {
    const harness = await startHarness({ members: threeMembers }, { UPSTREAM_MAX_CONCURRENCY: '2' });
    harness.sandbox.setFaults([{ kind: 'server-error' }]);
    await askEach(harness, 80);
    expect(harness.sandbox.callCount()).toBeLessThan(15); // Ten to know it, two under way, and on a slow machine a trial call.
  });
});

describe.each<[string, Fault, Record<string, string>?]>([
  ['5xx', { kind: 'server-error' }],
  ['a reset connection', { kind: 'reset' }],
  ['HTML', { kind: 'html' }],
  ['JSON of another shape', { kind: 'other-shape' }],
  ['silence', { kind: 'hang' }, { UPSTREAM_TIMEOUT_MS: '1500' }],
])('a request for fifty customers who are answered with %s', (_, fault, env = {}) => {
  it('affects no other request in a quiet hour, not even of its own caller', async () => {
    const harness = await startHarness({ members: withFailing(fault) }, env);
    await harness.ask(customersDetails, { identifiers: failingIdentifiers });
    expect(errorsOf(await harness.ask(details, { identifier }))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(51);
  });

  it('affects no caller that gets answers, even when it is sent often', async () => {
    const harness = await startHarness({ members: withFailing(fault) }, { ...env, TRUSTED_PROXIES: '1' });
    const other = { 'x-forwarded-for': '192.0.2.2' };
    for (let round = 0; round < 4; round += 1) {
      await harness.ask(
        customersDetails,
        { identifiers: failingIdentifiers },
        { 'x-forwarded-for': '192.0.2.1' },
      );
      expect(errorsOf(await harness.ask(details, { identifier: byMobile(mobiles.three) }, other))).toEqual(
        [],
      );
      // From the same address as well, as long as it is answered.
      expect(
        errorsOf(await harness.ask(details, { identifier }, { 'x-forwarded-for': '192.0.2.1' })),
      ).toEqual([]);
    }
    expect(harness.sandbox.callCount()).toBeLessThanOrEqual(4 * 52);
  });
});

describe('a query that always fails', () => {
  it('goes upstream each time, and so does every other query', async () => {
    const harness = await startHarness({ members: withFailing({ kind: 'server-error' }) });
    for (let tries = 0; tries < 25; tries += 1) await harness.ask(details, { identifier: customerNumber(7) });
    expect(harness.sandbox.callCount()).toBe(25);
    expect(errorsOf(await harness.ask(details, { identifier }))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(26);
  });
});

describe.each([
  ['unknown customers', { kind: 'refusal', code: 8015 }],
  ['refusals', { kind: 'refusal', code: 9005 }],
  ['limits', { kind: 'rate-limited', retryAfter: 0 }],
  ['refused credentials', { kind: 'unauthorized' }],
  ['status 404', { kind: 'other-shape', status: 404 }],
  ['JSON of another shape', { kind: 'other-shape' }],
  ['HTML', { kind: 'html' }],
] as const)('an upstream that answers with %s', (_, fault) => {
  it('is called again after any number of failures', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([fault]);
    // At once, because each 429 delays all later calls by a second.
    await askEach(harness, 25);
    expect(harness.sandbox.callCount()).toBe(25);
    await harness.ask(details, { identifier });
    expect(harness.sandbox.callCount()).toBe(26);
  });
});
