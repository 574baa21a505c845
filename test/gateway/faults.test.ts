/** Faults of the gateway's own: masked for the client, and logged without the values that they quote. */

import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { customersDetails, details } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { serve } from './listening.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const quoted = 'the secret of 447700900012';

/** A clock that fails when the first answer is judged, in place of any bug below the resolvers. */
function brokenClock() {
  return {
    wallNow: (): number => {
      throw new RangeError(quoted);
    },
  };
}

describe('a fault of the gateway itself', () => {
  it('is INTERNAL_SERVER_ERROR for the client, without details', async () => {
    const harness = await startHarness({ members: threeMembers }, {}, brokenClock());
    const result = await harness.ask(details, { identifier: byMobile(mobiles.twelve) });
    expect(result.data).toEqual({ customer: null });
    expect(errorsOf(result)).toEqual([['INTERNAL_SERVER_ERROR', 'customer']]);
    expect(result.errors?.[0]).toMatchObject({ message: 'Something unexpected went wrong' });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('is one error line in the log, with its kind and stack and without its message', async () => {
    const harness = await startHarness({ members: threeMembers }, {}, brokenClock());
    const headers = { 'x-request-id': 'f47ac10b-58cc-4372-a567-0e02b2c3d479' };
    await harness.ask(details, { identifier: byMobile(mobiles.twelve) }, headers);
    const faults = harness.logLines.filter(({ level }) => level === 'error');
    expect(faults).toEqual([
      expect.objectContaining({
        msg: 'fault',
        requestId: 'f47ac10b-58cc-4372-a567-0e02b2c3d479',
        frames: expect.any(Array),
      }),
    ]);
    expect(JSON.stringify(faults)).toContain('RangeError');
    expect(JSON.stringify(harness.logLines)).not.toContain(quoted);
    expect(harness.logLines.at(-1)).toMatchObject({
      msg: 'operation',
      outcome: 'error',
      errorCodes: ['INTERNAL_SERVER_ERROR'],
    });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('fails its own customer and no other', async () => {
    let calls = 0;
    const wallNow = () => {
      calls += 1;
      if (calls === 1) throw new RangeError(quoted);
      return 0;
    };
    const harness = await startHarness({ members: threeMembers }, {}, { wallNow });
    const identifiers = [mobiles.twelve, mobiles.three].map(byMobile);
    const result = await harness.ask(customersDetails, { identifiers });
    expect(result.data?.customers.filter((customer) => customer !== null)).toHaveLength(1);
    expect(errorsOf(result).map(([code]) => code)).toEqual(['INTERNAL_SERVER_ERROR']);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});

describe('a fault before or after an operation', () => {
  const fails = (): never => {
    throw new RangeError(quoted);
  };
  const metrics = createMetrics();

  it('is masked and logged for probes and pages too', async () => {
    const harness = await startHarness({}, {}, { metrics: { ...metrics, read: async () => fails() } });
    const response = await harness.gateway.fetch(new Request('http://gateway.test/metrics'));
    expect([response.status, errorsOf(await response.json())]).toEqual([
      500,
      [['INTERNAL_SERVER_ERROR', null]],
    ]);
    const requestId = response.headers.get('x-request-id');
    expect(harness.logLines).toEqual([expect.objectContaining({ msg: 'fault', requestId })]);
    expect(JSON.stringify(harness.logLines)).not.toContain(quoted);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it("is masked and logged on the operators' port", async () => {
    const harness = await startHarness({}, {}, { metrics: { ...metrics, read: async () => fails() } });
    const { adminListener: listener } = harness.gateway;
    const url = await serve({ ...harness, gateway: { ...harness.gateway, listener } });
    const response = await fetch(new URL('/metrics', url));
    expect([response.status, errorsOf(await response.json())]).toEqual([
      500,
      [['INTERNAL_SERVER_ERROR', null]],
    ]);
    expect(harness.logLines).toEqual([expect.objectContaining({ msg: 'fault', fault: 'RangeError' })]);
    expect(JSON.stringify(harness.logLines)).not.toContain(quoted);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('does not change an answer that is ready', async () => {
    const harness = await startHarness({}, {}, { metrics: { ...metrics, countRequest: fails } });
    expect(await harness.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(harness.logLines.map(({ msg }) => msg)).toEqual(['fault']);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
