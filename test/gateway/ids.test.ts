/** Ids and cursors over time: after restarts, other page sizes and new secrets. */

import { describe, expect, it } from 'vitest';
import type { CustomerIdentifierInput } from '../generated/graphql.ts';
import { balances, balancesByNode, customersDetails } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { errorsOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, categories } from './members.ts';
import { askPage, categoriesOf } from './walk.ts';

const mobile = '447700900012';
const mail = 'someone.quite.special@example.com';
const identifier = byMobile(mobile);

const open = (env: Record<string, string> = {}) => {
  const identifiers = [{ name: 'mobile', value: mobile } as const, { name: 'email', value: mail } as const];
  const ledger = numberedLedger(37, [2, 3, 11, 19, 20, 21, 30]);
  return startHarness({ members: [numberedMember(mobile, { ledger, identifiers })], maxLimit: 100 }, env);
};
const all = categories(0, 37, [2, 3, 11, 19, 20, 21, 30]);

async function idsOf(harness: Harness, identifiers: CustomerIdentifierInput[]): Promise<string[]> {
  const { data } = await harness.ask(customersDetails, { identifiers });
  return data?.customers.map((customer) => customer?.id ?? '') ?? [];
}

describe('an id', () => {
  it('is equal for equal identifiers, in every spelling of the query and after a restart', async () => {
    const harness = await open();
    const written = [
      identifier,
      { value: mobile, name: 'MOBILE', source: 'INSTORE', accountId: null },
    ] satisfies CustomerIdentifierInput[];
    const ids = await idsOf(harness, written);
    const later = await idsOf(harness.restart({ UPSTREAM_MAX_LIMIT: '100' }), written);
    expect(new Set([...ids, ...later]).size).toBe(1);
    expect(harness.sandbox.callCount()).toBe(2);
  });

  it('differs with each part of the identifier, and `userId` shows that the person is the same', async () => {
    const harness = await open();
    const ids = await idsOf(harness, [
      identifier,
      { name: 'EMAIL', value: mail },
      { name: 'ID', value: mobile },
      { ...identifier, source: 'ALL' },
      { name: 'ID', value: mobile, accountId: '1' },
    ]);
    expect(ids).not.toContain('');
    expect(new Set(ids).size).toBe(5);
    const { data } = await harness.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Customer { userId } } }',
      {
        ids,
      },
    );
    expect(data).toEqual({ nodes: Array(5).fill({ userId: mobile }) });
    expect(harness.sandbox.callCount()).toBe(10);
  });

  it('reveals nothing of the identifier, and neither does a cursor', async () => {
    const harness = await open();
    const { data } = await harness.ask(balances, { identifier: { name: 'EMAIL', value: mail }, last: 30 });
    const { id = '', ledgerBalance } = data?.customer ?? {};
    const sealed = [id, ...(ledgerBalance?.edges.map(({ cursor }) => cursor) ?? [])];
    expect(sealed.length).toBeGreaterThan(20);
    for (const text of sealed) {
      for (const encoding of ['base64', 'hex', 'utf8'] as const) {
        const read = Buffer.from(text, encoding).toString('latin1').toLowerCase();
        expect(read).not.toMatch(/email|special|example|instore/);
      }
    }
    expect(harness.sandbox.callCount()).toBeGreaterThan(0);
  });

  it('reveals the length of an identifier only in steps', async () => {
    const harness = await open();
    const ids = await idsOf(
      harness,
      ['1', '12345', '1234567890'].map((value) => ({ name: 'ID', value })),
    );
    expect(ids).toEqual(['', '', '']);
    harness.sandbox.setMembers(['1', '12345', '1234567890'].map((value) => numberedMember(value)));
    const known = await idsOf(
      harness,
      ['1', '12345', '1234567890'].map((value) => ({ name: 'ID', value })),
    );
    expect(new Set(known.map((id) => id.length)).size).toBe(1);
    expect(harness.sandbox.callCount()).toBe(6);
  });
});

describe('a cursor', () => {
  it.each(['1', '7', '10', '100'])(
    'goes on at the same entry after a restart with UPSTREAM_MAX_LIMIT %s',
    async (UPSTREAM_MAX_LIMIT) => {
      const harness = await open({ UPSTREAM_MAX_LIMIT: '10' });
      const before = await askPage(harness, { identifier, direction: 'forward', size: 13 });
      const after = harness.restart({ UPSTREAM_MAX_LIMIT, MAX_CALLS_PER_OPERATION: '1000' });
      const from = before.pageInfo.endCursor;
      const next = await askPage(after, { identifier, direction: 'forward', size: 200, from });
      expect([...categoriesOf(before), ...categoriesOf(next)]).toEqual(all);
      const back = await askPage(after, { identifier, direction: 'backward', size: 200, from });
      expect(categoriesOf(back)).toEqual(all.slice(0, 12));
      expect(harness.sandbox.callCount()).toBeGreaterThan(3);
    },
  );
});

describe('a new ID_SECRET', () => {
  const first = 'the first secret, which is long enough';
  const second = 'the second secret, just as long as that';

  it('opens the ids and cursors of ID_SECRET_PREVIOUS, and makes new ones', async () => {
    const harness = await open({ ID_SECRET: first });
    const { data } = await harness.ask(balances, { identifier, first: 10 });
    const { id = '', ledgerBalance } = data?.customer ?? {};
    const after = ledgerBalance?.pageInfo.endCursor;

    const rotated = harness.restart({ ID_SECRET: second, ID_SECRET_PREVIOUS: first });
    const next = await rotated.ask(balancesByNode, { id, first: 5, after });
    expect(errorsOf(next)).toEqual([]);
    expect(next.data?.node?.id).not.toBe(id);
    const node = next.data?.node;
    const page = node && 'ledgerBalance' in node ? node.ledgerBalance : undefined;
    expect(page?.edges.map(({ node: each }) => each.pointsCategory)).toEqual(all.slice(10, 15));
    expect(harness.sandbox.callCount()).toBeGreaterThan(1);
  });

  it('without ID_SECRET_PREVIOUS refuses old ids and cursors, without a call', async () => {
    const harness = await open({ ID_SECRET: first });
    const { data } = await harness.ask(balances, { identifier, first: 10 });
    const { id = '', ledgerBalance } = data?.customer ?? {};
    const after = ledgerBalance?.pageInfo.endCursor;
    harness.sandbox.reset();

    const rotated = harness.restart({ ID_SECRET: second });
    expect(errorsOf(await rotated.ask(balancesByNode, { id }))).toEqual([['BAD_USER_INPUT', 'node']]);
    expect(errorsOf(await rotated.ask(balances, { identifier, after }))).toEqual([
      ['BAD_USER_INPUT', 'customer.ledgerBalance'],
    ]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('refuses a cursor as an id, and an id as a cursor', async () => {
    const harness = await open({ ID_SECRET: first });
    const { data } = await harness.ask(balances, { identifier, first: 10 });
    const { id = '', ledgerBalance } = data?.customer ?? {};
    const cursor = ledgerBalance?.pageInfo.endCursor ?? '';
    harness.sandbox.reset();
    expect(errorsOf(await harness.ask(balancesByNode, { id: cursor }))).toEqual([['BAD_USER_INPUT', 'node']]);
    expect(errorsOf(await harness.ask(balances, { identifier, after: id }))).toEqual([
      ['BAD_USER_INPUT', 'customer.ledgerBalance'],
    ]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
