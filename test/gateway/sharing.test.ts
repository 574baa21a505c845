/** What requests share, and what they never do. */
import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { balances } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobiles, threeMembers } from './members.ts';

const identifier = byMobile(mobiles.twelve);
const forward = { UPSTREAM_BASIC_USER: '', UPSTREAM_BASIC_PASSWORD: '', ALLOW_ANONYMOUS: '' };
const latency = { kind: 'latency', ms: 30 } as const;

describe('concurrent requests', () => {
  it('share the call for a page that they all need, also with different windows', async () => {
    const { sandbox, ask } = await startHarness({ members: threeMembers });
    sandbox.setFaults([latency]);
    const answers = await Promise.all([3, 10, 5].map((first) => ask(balances, { identifier, first })));
    expect(answers.map(({ data }) => data?.customer?.ledgerBalance?.edges.length)).toEqual([3, 10, 5]);
    expect(sandbox.callCount()).toBe(1);
  });

  it('are still served when the client whose request made the call leaves', async () => {
    const { sandbox, ask, post } = await startHarness({ members: threeMembers });
    sandbox.setFaults([{ ...latency, ms: 150 }]);
    const leaver = new AbortController();
    const query = `{ customer(identifier: { name: MOBILE, value: "${mobiles.twelve}" }) { ledgerBalance(first: 10) { nodes { closingBalance } } } }`;
    const left = post({ query }, { signal: leaver.signal }).catch(() => 'left');
    await sandbox.until((calls) => calls.length === 1);
    const stayed = ask(balances, { identifier, first: 10 });
    await new Promise((resolve) => setTimeout(resolve, 20)); // Until it waits for the call; nothing shows that from outside.
    leaver.abort();
    expect((await stayed).data?.customer?.ledgerBalance?.edges).toHaveLength(10);
    await left;
    expect(sandbox.callCount()).toBe(1);
  });

  it('are not shared across language, attribution or credentials', async () => {
    const { sandbox, ask } = await startHarness({ members: threeMembers }, forward);
    sandbox.setFaults([latency]);
    const { user, password } = demoCredentials.basic;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const callers: Record<string, string>[] = [
      { authorization },
      { authorization, 'accept-language': 'de' },
      { authorization, 'x-cap-api-attribution-entity-code': 'till-1' },
      { authorization, 'x-cap-api-attribution-entity-type': 'TILL' },
      { authorization, 'x-cap-api-oauth-token': 'x' },
    ];
    await Promise.all(callers.map((headers) => ask(balances, { identifier, first: 10 }, headers)));
    expect(sandbox.callCount()).toBe(callers.length);
  });
});

describe('cached answers', () => {
  const cached = { CACHE_TTL_SECONDS: '60' };

  it('serve later windows that they cover, and calls are made for the rest', async () => {
    const { sandbox, ask } = await startHarness({ members: threeMembers }, cached);
    await ask(balances, { identifier, first: 10 });
    await ask(balances, { identifier, first: 4 });
    expect(sandbox.callCount()).toBe(1);
    const whole = await ask(balances, { identifier, first: 12 });
    expect(whole.data?.customer?.ledgerBalance?.edges).toHaveLength(12);
    expect(sandbox.callCount()).toBe(2);
  });

  it('are used only within their TTL, and never by default', async () => {
    const clock = { now: Date.parse('2026-06-01T00:00:00Z') };
    const { sandbox, ask, restart } = await startHarness({ members: threeMembers }, cached, {
      wallNow: () => clock.now,
      now: () => clock.now,
    });
    await ask(balances, { identifier, first: 3 });
    clock.now += 60_000;
    await ask(balances, { identifier, first: 3 });
    expect(sandbox.callCount()).toBe(2);
    const plain = restart();
    await plain.ask(balances, { identifier, first: 3 });
    await plain.ask(balances, { identifier, first: 3 });
    expect(sandbox.callCount()).toBe(4);
  });

  it('have a TTL of their own for a moment that is past in every time zone', async () => {
    const clock = { now: Date.parse('2026-06-03T02:00:01Z') };
    const { sandbox, ask } = await startHarness(
      { members: threeMembers },
      { CACHE_PAST_TTL_SECONDS: '60' },
      { wallNow: () => clock.now },
    );
    for (const endDate of ['2026-06-02T00:00:00', '2026-06-02T00:00:02']) {
      await ask(balances, { identifier, endDate, first: 3 });
      await ask(balances, { identifier, endDate, first: 3 });
    }
    expect(sandbox.callCount()).toBe(3);
  });

  it('age by the monotonic clock, also when the date is set back', async () => {
    const clock = { now: Date.parse('2026-06-01T12:00:00Z'), passed: 0 };
    const clocks = { wallNow: () => clock.now, now: () => clock.passed };
    const { sandbox, ask } = await startHarness({ members: threeMembers }, cached, clocks);
    await ask(balances, { identifier, first: 3 });
    clock.now -= 3_600_000;
    clock.passed += 60_000;
    await ask(balances, { identifier, first: 3 });
    expect(sandbox.callCount()).toBe(2);
  });

  it('never include failures, and "no such customer" only briefly', async () => {
    const clock = { now: 0 };
    const { sandbox, ask } = await startHarness({ members: threeMembers }, cached, {
      now: () => clock.now,
    });
    sandbox.setFaults([{ kind: 'server-error', status: 503, times: 1 }]);
    expect((await ask(balances, { identifier, first: 3 })).errors).toHaveLength(1);
    expect((await ask(balances, { identifier, first: 3 })).errors).toBeUndefined();
    expect(sandbox.callCount()).toBe(2);
    const unknown = byMobile(mobiles.unknown);
    await ask(balances, { identifier: unknown });
    await ask(balances, { identifier: unknown });
    expect(sandbox.callCount()).toBe(3);
    clock.now += 5000;
    await ask(balances, { identifier: unknown });
    expect(sandbox.callCount()).toBe(4);
  });

  it('are dropped with LIST_CHANGED when the list has changed', async () => {
    const { sandbox, ask } = await startHarness({ members: threeMembers }, cached);
    const page = await ask(balances, { identifier, first: 10 });
    sandbox.setMembers([numberedMember(mobiles.twelve, { ledger: numberedLedger(13) })]);
    const after = page.data?.customer?.ledgerBalance?.pageInfo.endCursor ?? null;
    const next = await ask(balances, { identifier, first: 10, after });
    expect(next.data?.customer?.ledgerBalance?.warnings.map(({ code }) => code)).toEqual(['LIST_CHANGED']);
    const whole = await ask(balances, { identifier, first: 13 });
    expect(whole.data?.customer?.ledgerBalance?.edges).toHaveLength(13);
    expect(whole.data?.customer?.ledgerBalance?.warnings).toEqual([]);
    expect(sandbox.callCount()).toBe(3);
  });
});
