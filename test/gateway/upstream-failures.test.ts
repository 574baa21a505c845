/** Whatever the upstream answers, a client gets a code that it can act on, and nothing else of the upstream. */

import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.ts';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import type { SandboxOptions } from '../../src/sandbox/server.ts';
import { balances, details } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);

/** Asks for details and for a page under a fault, and expects the same error of both. */
async function failuresUnder(fault: Fault, options: SandboxOptions = {}) {
  const harness = await startHarness(
    { members: threeMembers, ...options },
    {
      UPSTREAM_TIMEOUT_MS: fault.kind === 'hang' || fault.kind === 'stall' ? '60' : '5000',
      ...(fault.kind === 'rate-limited' && { OPERATION_TIMEOUT_MS: '900' }),
    },
  );
  harness.sandbox.setFaults([fault]);
  const who = await harness.ask(details, { identifier });
  const page = await harness.ask(balances, { identifier, first: 10 });
  // After a 429 calls pause: the second is refused without a call, because it has no time to wait.
  expect(harness.sandbox.callCount()).toBe(fault.kind === 'rate-limited' ? 1 : 2);
  expect([who.data, page.data]).toEqual([{ customer: null }, { customer: null }]);
  expect(errorsOf(who)).toEqual(errorsOf(page));
  return { errors: errorsOf(who), error: who.errors?.[0], harness };
}

describe.each([200, 400] as const)('a refusal sent with status %i', (failureStatus) => {
  it.each<[number, ErrorCode]>([
    [8069, 'CUSTOMER_MERGED'],
    [8003, 'UPSTREAM_REJECTED'],
    [8013, 'UPSTREAM_REJECTED'],
    [11013, 'UPSTREAM_REJECTED'],
    [1632, 'UPSTREAM_REJECTED'],
    [9005, 'UPSTREAM_REJECTED'],
    [9018, 'UPSTREAM_REJECTED'],
    [4711, 'UPSTREAM_REJECTED'],
  ])('and code %i is %s, with the code and the words of the upstream', async (code, becomes) => {
    const fault = { kind: 'refusal', code, message: 'Said the upstream' } as const;
    const { errors, error } = await failuresUnder(fault, { failureStatus });
    expect(errors).toEqual([[becomes, 'customer']]);
    expect(error?.extensions).toMatchObject({ upstreamCode: code });
    expect(error?.message).toBe('Said the upstream');
  });

  it('and code 9003 is UPSTREAM_UNAVAILABLE, and is tried again', async () => {
    const { errors, error } = await failuresUnder({ kind: 'refusal', code: 9003 }, { failureStatus });
    expect(errors).toEqual([['UPSTREAM_UNAVAILABLE', 'customer']]);
    expect(error?.extensions).toMatchObject({ retryable: true });
  });

  it('and code 8015 is no error: there is no such customer', async () => {
    const harness = await startHarness({ members: threeMembers, failureStatus });
    const result = await harness.ask(details, { identifier: byMobile(mobiles.unknown) });
    expect([result, harness.sandbox.callCount()]).toEqual([{ data: { customer: null } }, 1]);
  });

  it('with a URL, a host or a page as its message gets a neutral message', async () => {
    const message = 'See <a href="http://db7.internal:8080/trace">here</a>';
    const { error } = await failuresUnder({ kind: 'refusal', code: 8003, message }, { failureStatus });
    expect(error?.message).toBe('The source is missing or wrong.');
  });
});

describe('an upstream that', () => {
  it.each<[string, Fault, ErrorCode]>([
    ['fails with a page', { kind: 'server-error', status: 500, body: 'html' }, 'UPSTREAM_UNAVAILABLE'],
    ['fails without a body', { kind: 'server-error', status: 502, body: 'empty' }, 'UPSTREAM_UNAVAILABLE'],
    ['is overloaded', { kind: 'server-error', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    ['resets the connection', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
    ['never answers', { kind: 'hang' }, 'UPSTREAM_TIMEOUT'],
    ['stops in the middle', { kind: 'stall' }, 'UPSTREAM_TIMEOUT'],
    ['cuts the body', { kind: 'cut-body' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends half of a JSON', { kind: 'cut-json' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends a page of HTML', { kind: 'html' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends nothing', { kind: 'empty' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends another shape', { kind: 'other-shape' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends null', { kind: 'other-shape', text: 'null' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends a list', { kind: 'other-shape', text: '[]' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends too much', { kind: 'oversized' }, 'UPSTREAM_BAD_RESPONSE'],
    ['sends too much, in chunks', { kind: 'oversized', chunked: true }, 'UPSTREAM_BAD_RESPONSE'],
    ['points elsewhere', { kind: 'redirect' }, 'UPSTREAM_BAD_RESPONSE'],
    ['refuses our credentials', { kind: 'unauthorized' }, 'UPSTREAM_UNAUTHORIZED'],
    ['forbids our credentials', { kind: 'forbidden' }, 'UPSTREAM_UNAUTHORIZED'],
    ['refuses in an unknown form', { kind: 'other-shape', status: 400, text: '{}' }, 'UPSTREAM_REJECTED'],
  ])('%s gives its own code: %j', async (_, fault, code) => {
    const { errors } = await failuresUnder(fault);
    expect(errors).toEqual([[code, 'customer']]);
  });

  it.each<[Fault, number, number]>([
    [{ kind: 'rate-limited', retryAfter: 7 }, 7, 7],
    [{ kind: 'rate-limited', retryAfter: 0 }, 1, 1],
    [{ kind: 'rate-limited', retryAfter: 30, form: 'date' }, 29, 31],
    [{ kind: 'rate-limited' }, 1, 60],
  ])('takes no more calls gives the time to wait: %j', async (fault, least, most) => {
    const { errors, error } = await failuresUnder(fault);
    expect(errors).toEqual([['RATE_LIMITED', 'customer']]);
    expect(error?.extensions['retryAfter']).toBeGreaterThanOrEqual(least);
    expect(error?.extensions['retryAfter']).toBeLessThanOrEqual(most);
  });

  it('cannot be reached is UPSTREAM_UNAVAILABLE', async () => {
    const harness = await startHarness({ members: threeMembers });
    await harness.sandbox.close();
    expect(errorsOf(await harness.ask(details, { identifier }))).toEqual([
      ['UPSTREAM_UNAVAILABLE', 'customer'],
    ]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('works again is called again: no failure is cached', async () => {
    const { harness } = await failuresUnder({ kind: 'server-error', times: 2 });
    expect(await harness.ask(details, { identifier })).toMatchObject({
      data: { customer: { userId: mobiles.twelve } },
    });
    expect(harness.sandbox.callCount()).toBe(3);
  });
});

describe("the caller's own credentials", () => {
  const forward = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '', ALLOW_ANONYMOUS: '' };

  it.each<[Fault, ErrorCode]>([
    [{ kind: 'unauthorized' }, 'UNAUTHENTICATED'],
    [{ kind: 'forbidden' }, 'FORBIDDEN'],
  ])(
    'give an error of the field, with status 200, when the upstream refuses them: %j',
    async (fault, code) => {
      const harness = await startHarness({ members: threeMembers }, forward);
      harness.sandbox.setFaults([fault]);
      const headers = { accept: 'application/graphql-response+json' };
      const query = `{ customer(identifier: { name: MOBILE, value: "1" }) { userId } }`;
      const response = await harness.post({ query }, { headers });
      expect(errorsOf(await response.json())).toEqual([[code, 'customer']]);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([200, null]);
      expect(harness.sandbox.callCount()).toBe(1);
    },
  );

  it("are not added when they are missing, and the upstream's answer stands", async () => {
    const harness = await startHarness({ members: threeMembers }, forward);
    expect(errorsOf(await harness.ask(details, { identifier }))).toEqual([['UNAUTHENTICATED', 'customer']]);
    expect(harness.sandbox.callCount()).toBe(1);
    expect(harness.sandbox.calls()[0]?.headers.authorization).toBeUndefined();
  });
});
