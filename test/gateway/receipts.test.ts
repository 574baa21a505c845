/** The account of calls that a caller can ask for, compared with the upstream's own count. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Receipt } from '../../src/ledger/source/receipt.ts';
import { balances } from '../operations.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobileLiteral, mobiles, threeMembers } from './members.ts';

const wanted = { 'x-upstream-receipt': '1' };
const identifier = byMobile(mobiles.twelve);

describe('a receipt', () => {
  it('lists price and calls, with page, limit, time and outcome, and names no customer', async () => {
    const { sandbox, ask } = await startHarness({ members: threeMembers });
    const { extensions } = await ask(balances, { identifier, first: 30 }, wanted);
    const call = { milliseconds: expect.any(Number), outcome: 'OK', isShared: false, tries: 1 };
    expect(extensions?.['upstream']).toEqual({
      price: 3,
      made: 2,
      shared: 0,
      kept: 0,
      calls: [
        { page: 0, limit: 10, ...call },
        { page: 1, limit: 10, ...call },
      ],
    });
    expect(JSON.stringify(extensions)).not.toContain(mobiles.twelve);
    expect(sandbox.callCount()).toBe(2);
  });

  it('lists failed calls by their code, and calls for customers that do not exist', async () => {
    const { sandbox, ask } = await startHarness({ members: threeMembers });
    sandbox.setFaults([{ kind: 'server-error', status: 503, times: 1 }]);
    const outcomeOf = async (value: string) => {
      const { extensions = {} } = await ask(balances, { identifier: byMobile(value) }, wanted);
      return (extensions['upstream'] as Receipt).calls.map(({ outcome }) => outcome);
    };
    expect(await outcomeOf(mobiles.twelve)).toEqual(['UPSTREAM_UNAVAILABLE']);
    expect(await outcomeOf(mobiles.unknown)).toEqual(['NO_SUCH_CUSTOMER']);
    expect(sandbox.callCount()).toBe(2);
  });

  it('is given only when asked for, and only where receipts are on', async () => {
    const { sandbox, ask, restart } = await startHarness({ members: threeMembers });
    expect((await ask(balances, { identifier })).extensions).toBeUndefined();
    expect((await ask(balances, { identifier }, { 'x-upstream-receipt': '0' })).extensions).toBeUndefined();
    const silent = restart({ RECEIPTS: 'false' });
    expect((await silent.ask(balances, { identifier }, wanted)).extensions).toBeUndefined();
    expect(sandbox.callCount()).toBe(3);
  });

  it('equals the count of the upstream, for any operation', async () => {
    const { sandbox, ask } = await startHarness({ members: threeMembers }, { CACHE_TTL_SECONDS: '60' });
    const anyMobile = fc.constantFrom(...Object.values(mobiles)).map(mobileLiteral);
    const anyBalance = fc
      .tuple(
        fc.constantFrom('first', 'last'),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom('', ', tillId: "7"'),
      )
      .map(
        ([size, count, filter]) => `ledgerBalance(${size}: ${count}${filter}) { nodes { closingBalance } }`,
      );
    const anyField = fc
      .tuple(anyMobile, fc.array(anyBalance, { maxLength: 3 }))
      .map(
        ([mobile, fields]) =>
          `customer(identifier: ${mobile}) { userId ${fields.map((field, index) => `b${index}: ${field}`).join(' ')} }`,
      );
    await fc.assert(
      fc.asyncProperty(fc.array(anyField, { minLength: 1, maxLength: 4 }), async (fields) => {
        const before = sandbox.callCount();
        const document = `{ ${fields.map((field, index) => `c${index}: ${field}`).join(' ')} }`;
        const { extensions, errors } = await ask(document, undefined, wanted);
        const receipt = extensions?.['upstream'] as Receipt;
        expect(errors).toBeUndefined();
        expect(receipt.made).toBe(sandbox.callCount() - before);
        expect(receipt.calls).toHaveLength(receipt.made + receipt.shared);
        expect(receipt.made).toBeLessThanOrEqual(receipt.price + 4);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a batch', () => {
  const operation = (first: number) => ({
    query: `query Q${Math.abs(first)} { customer(identifier: ${mobileLiteral(mobiles.twelve)}) { ledgerBalance(first: ${first}) { nodes { closingBalance } } } }`,
  });

  it('is planned together, with its receipt in the first answer and a log line for each member', async () => {
    const { sandbox, post, logLines } = await startHarness({ members: threeMembers });
    const response = await post([3, 10, 5].map(operation), { headers: wanted });
    const results = await response.json();
    expect(
      results.map(
        (result: { data: { customer: { ledgerBalance: { nodes: [] } } } }) =>
          result.data.customer.ledgerBalance.nodes.length,
      ),
    ).toEqual([3, 10, 5]);
    expect(results[0].extensions.upstream).toMatchObject({ price: 1, made: 1 });
    expect(results[1].extensions).toBeUndefined();
    expect(logLines.map((line) => line['operation'])).toEqual(['Q3', 'Q10', 'Q5']);
    expect(sandbox.callCount()).toBe(1);
  });

  it('has one cap on calls for all members together', async () => {
    const { sandbox, post } = await startHarness({ members: threeMembers }, { MAX_CALLS_PER_OPERATION: '2' });
    const customers = Object.values(mobiles).map((mobile) => ({
      query: `{ customer(identifier: ${mobileLiteral(mobile)}) { userId } }`,
    }));
    const results = await (await post(customers)).json();
    for (const { errors } of results) {
      expect(errors[0].extensions).toMatchObject({ code: 'OPERATION_TOO_EXPENSIVE', calls: 4, limit: 2 });
    }
    expect(sandbox.callCount()).toBe(0);
  });

  it('of more than ten operations is refused', async () => {
    const { sandbox, post } = await startHarness({ members: threeMembers });
    const response = await post(Array.from({ length: 11 }, () => operation(3)));
    expect((await response.json()).errors[0].extensions).toMatchObject({
      code: 'OPERATION_LIMITED',
      limit: 10,
    });
    expect(sandbox.callCount()).toBe(0);
  });

  it('answers each member separately, a wrong one too', async () => {
    const { sandbox, post } = await startHarness({ members: threeMembers });
    const results = await (await post([operation(3), { query: '{ nope }' }, operation(-1)])).json();
    expect(
      results.map(
        (result: { errors?: { extensions: { code: string } }[] }) => result.errors?.[0]?.extensions.code,
      ),
    ).toEqual([undefined, 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);
    expect(sandbox.callCount()).toBe(1);
  });
});
