/** Retries: a passing failure stays hidden, a lasting one is reported in time, and each try is counted. */

import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { balances, details } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { oauthEnv, startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);
const found = { data: { customer: { userId: mobiles.twelve } } };
const retrying = { UPSTREAM_RETRIES: '2' };

/** Asks under a fault that hits the first `times` calls, and returns how often the upstream was called. */
const askUnder = async (fault: Fault, env: Record<string, string> = retrying) => {
  const harness = await startHarness({ members: threeMembers }, env);
  harness.sandbox.setFaults([fault]);
  const startedAt = performance.now();
  const answer = await harness.ask(details, { identifier }, { 'x-upstream-receipt': '1' });
  const tookMs = performance.now() - startedAt;
  return { harness, answer, tookMs, calls: harness.sandbox.callCount() };
};

describe('a temporary failure', () => {
  it.each<[string, Fault]>([
    ['a failure', { kind: 'server-error', times: 2 }],
    ['a failure that the upstream names', { kind: 'refusal', code: 9003, times: 2 }],
    ['a connection that is reset', { kind: 'reset', times: 2 }],
    ['a connection that ends in the middle of a body', { kind: 'cut-body', times: 2 }],
  ])('stays hidden from the client: %s', async (_, fault) => {
    const { answer, calls } = await askUnder(fault);
    expect(answer).toMatchObject(found);
    expect(calls).toBe(3);
    expect(answer.extensions?.['upstream']).toMatchObject({ price: 1, made: 3, calls: [{ tries: 3 }] });
  });

  it('stays hidden from the client when it is a 429 with a short pause', async () => {
    const { answer, calls, tookMs } = await askUnder({ kind: 'rate-limited', retryAfter: 1, times: 1 });
    expect(answer).toMatchObject(found);
    expect(calls).toBe(2);
    expect(tookMs).toBeGreaterThanOrEqual(1000);
  });

  it('does not count against MAX_CALLS_PER_OPERATION', async () => {
    const env = { ...retrying, MAX_CALLS_PER_OPERATION: '2' };
    const harness = await startHarness({ members: threeMembers }, env);
    harness.sandbox.setFaults([{ kind: 'server-error', every: 2 }]);
    const answer = await harness.ask(balances, { identifier, first: 12 });
    expect(errorsOf(answer)).toEqual([]);
    expect(harness.sandbox.callCount()).toBeGreaterThan(2);
  });
});

describe('a lasting failure', () => {
  it.each<[string, Fault, string]>([
    ['a failure', { kind: 'server-error' }, 'UPSTREAM_UNAVAILABLE'],
    ['a reset', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
    ['a cut body', { kind: 'cut-body' }, 'UPSTREAM_BAD_RESPONSE'],
  ])('is reported after the last retry: %s', async (_, fault, code) => {
    const { answer, calls } = await askUnder(fault);
    expect(errorsOf(answer)).toEqual([[code, 'customer']]);
    expect(calls).toBe(3);
  });

  it.each<[string, Fault, string]>([
    ['a refusal', { kind: 'refusal', code: 8003 }, 'UPSTREAM_REJECTED'],
    ['refused credentials', { kind: 'unauthorized' }, 'UPSTREAM_UNAUTHORIZED'],
    ['a bad answer', { kind: 'html' }, 'UPSTREAM_BAD_RESPONSE'],
    ['half an answer in a whole body', { kind: 'cut-json' }, 'UPSTREAM_BAD_RESPONSE'],
    ['a limit that outlasts the operation', { kind: 'rate-limited', retryAfter: 31 }, 'RATE_LIMITED'],
  ])('is reported after one call: %s', async (_, fault, code) => {
    const { answer, calls, tookMs } = await askUnder(fault);
    expect(errorsOf(answer)).toEqual([[code, 'customer']]);
    expect(calls).toBe(1);
    expect(tookMs).toBeLessThan(5000);
  });
});

describe('a receipt', () => {
  it('counts the call that is replayed after a 401', async () => {
    const harness = await startHarness({ members: threeMembers }, { ...oauthEnv, UPSTREAM_RETRIES: '0' });
    await harness.ask(details, { identifier });
    harness.sandbox.revokeTokens();
    const { extensions } = await harness.ask(details, { identifier }, { 'x-upstream-receipt': '1' });
    expect(extensions?.['upstream']).toMatchObject({ price: 1, made: 2 });
    expect(harness.sandbox.callCount()).toBe(3);
  });
});
