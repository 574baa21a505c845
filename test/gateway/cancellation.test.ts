/** Clients that leave, and deadlines that pass: calls end with them, and nothing is left behind. */

import { print } from 'graphql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { balances, details } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { jsonPost, serve } from './listening.ts';
import { byMobile, categories, mobiles, threeMembers } from './members.ts';
import { categoriesOf } from './walk.ts';

const identifier = byMobile(mobiles.twelve);
const hang: Fault = { kind: 'hang' };

const bodyOf = (first: number) =>
  JSON.stringify({ query: print(balances), variables: { identifier, first } });

describe('a client that goes away', () => {
  it.each(['hang', 'stall'] as const)('ends its upstream call: %s', async (kind) => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ kind }]);
    const url = await serve(harness);
    const leaving = new AbortController();
    const answer = fetch(url, { ...jsonPost, body: bodyOf(10), signal: leaving.signal });
    await harness.sandbox.until((calls) => calls.length === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await harness.sandbox.until((calls) => calls[0]?.outcome === 'client-gone');
    await harness.logged(({ outcome }) => outcome === 'aborted');
    expect(harness.logLines).toEqual([
      expect.objectContaining({ level: 'info', msg: 'operation', outcome: 'aborted', upstreamCalls: 1 }),
    ]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('makes no further call', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ ...hang, pageNumber: 1 }]);
    const url = await serve(harness);
    const leaving = new AbortController();
    const answer = fetch(url, { ...jsonPost, body: bodyOf(12), signal: leaving.signal });
    await harness.sandbox.until((calls) => calls.length === 2);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await harness.logged(({ outcome }) => outcome === 'aborted');
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('does not affect another client that asks for the same page', async () => {
    const harness = await startHarness({ members: threeMembers });
    harness.sandbox.setFaults([{ ...hang, times: 1 }]);
    const url = await serve(harness);
    const leaving = new AbortController();
    const left = fetch(url, { ...jsonPost, body: bodyOf(10), signal: leaving.signal });
    await harness.sandbox.until((calls) => calls.length === 1);
    leaving.abort();
    await expect(left).rejects.toThrow();
    const stayed = await (await fetch(url, { ...jsonPost, body: bodyOf(10) })).json();
    expect([errorsOf(stayed), stayed.data.customer.ledgerBalance.edges.length]).toEqual([[], 10]);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('costs no call when it leaves before its operation runs', async () => {
    const harness = await startHarness({ members: threeMembers });
    const signal = AbortSignal.abort();
    await harness
      .post({ query: print(details), variables: { identifier } }, { signal })
      .catch(() => undefined);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('OPERATION_TIMEOUT_MS', () => {
  it('ends an operation with UPSTREAM_TIMEOUT, and its calls', async () => {
    const harness = await startHarness({ members: threeMembers }, { OPERATION_TIMEOUT_MS: '400' });
    harness.sandbox.setFaults([hang]);
    const result = await harness.ask(details, { identifier });
    expect([result.data, errorsOf(result)]).toEqual([{ customer: null }, [['UPSTREAM_TIMEOUT', 'customer']]]);
    await harness.sandbox.until((calls) => calls[0]?.outcome === 'client-gone');
    expect(harness.logLines.at(-1)).toMatchObject({ outcome: 'error', errorCodes: ['UPSTREAM_TIMEOUT'] });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('ends a list early, with the edges so far', async () => {
    const ledger = numberedLedger(30);
    const harness = await startHarness(
      { members: [numberedMember(mobiles.twelve, { ledger })] },
      { OPERATION_TIMEOUT_MS: '100' },
    );
    harness.sandbox.setFaults([{ ...hang, pageNumber: 1 }]);
    const { data, errors } = await harness.ask(balances, { identifier, first: 25 });
    const page = data?.customer?.ledgerBalance;
    expect(errors).toBeUndefined();
    expect(page && categoriesOf(page)).toEqual(categories(0, 10));
    expect(page?.warnings).toEqual([
      {
        code: 'LIST_INCOMPLETE',
        message: expect.stringContaining('UPSTREAM_TIMEOUT'),
        cause: 'UPSTREAM_TIMEOUT',
        retryable: true,
        retryAfter: null,
      },
    ]);
    expect(harness.sandbox.callCount()).toBe(3);
  });
});

describe('a batch', () => {
  const waiting = { query: print(details), variables: { identifier } };

  it('keeps its deadline when one of its operations ends before another begins', async () => {
    const env = { OPERATION_TIMEOUT_MS: '400', UPSTREAM_TIMEOUT_MS: '600000' };
    const harness = await startHarness({ members: threeMembers }, env);
    harness.sandbox.setFaults([hang]);
    const [done, late] = await (await harness.post([{ query: '{ __typename }' }, waiting])).json();
    expect(done).toEqual({ data: { __typename: 'Query' } });
    expect(errorsOf(late)).toEqual([['UPSTREAM_TIMEOUT', 'customer']]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('ends its calls when its client leaves, even after one of its operations has ended', async () => {
    const harness = await startHarness({ members: threeMembers }, { UPSTREAM_TIMEOUT_MS: '600000' });
    harness.sandbox.setFaults([hang]);
    const leaving = new AbortController();
    const body = JSON.stringify([{ query: '{ __typename }' }, waiting]);
    const answer = fetch(await serve(harness), { ...jsonPost, body, signal: leaving.signal });
    await harness.sandbox.until((calls) => calls.length === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await harness.sandbox.until((calls) => calls[0]?.outcome === 'client-gone');
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('UPSTREAM_TIMEOUT_MS', () => {
  it('ends one call, and the rest of the operation is served', async () => {
    const harness = await startHarness({ members: threeMembers }, { UPSTREAM_TIMEOUT_MS: '60' });
    harness.sandbox.setFaults([{ ...hang, query: { tillId: true } }]);
    const result = await harness.ask(
      `{ customer(identifier: { name: MOBILE, value: "${mobiles.twelve}" }) {
        userId
        a: ledgerBalance { totalCount }
        b: ledgerBalance(tillId: 7) { totalCount }
      } }`,
    );
    expect(result.data).toEqual({ customer: { userId: mobiles.twelve, a: { totalCount: 12 }, b: null } });
    expect(errorsOf(result)).toEqual([['UPSTREAM_TIMEOUT', 'customer.b']]);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});

describe('an operation', () => {
  // Odd times, by which a test recognizes the timers of the gateway.
  const env = { OPERATION_TIMEOUT_MS: '51234', UPSTREAM_TIMEOUT_MS: '41234' };

  it.each<[string, Fault[]]>([
    ['went well', []],
    ['failed', [{ kind: 'server-error' }]],
    ['was cut', [{ kind: 'cut-body' }]],
  ])('leaves no timer behind when it %s', async (_, faults) => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    const cleared = vi.spyOn(globalThis, 'clearTimeout');
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const harness = await startHarness({ members: threeMembers }, env);
    harness.sandbox.setFaults(faults);
    await harness.ask(balances, { identifier, first: 12 });
    await harness.ask('{');
    const isOwn = (ms = 0) => [51_234, 41_234].some((whole) => ms <= whole && ms > whole - 1000);
    const own = set.mock.calls.flatMap(([, ms], index) =>
      isOwn(ms) ? [set.mock.results[index]?.value] : [],
    );
    expect(own.length).toBeGreaterThanOrEqual(2);
    const ended = cleared.mock.calls.map(([timer]) => timer);
    expect(own.filter((timer) => !ended.includes(timer))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(faults.length > 0 ? 1 : 2);
  });
});
