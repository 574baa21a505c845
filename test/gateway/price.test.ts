/** The price of an operation, known before the first call, and the cap on what it may be. */

import { describe, expect, it } from 'vitest';
import { customersDetails, nodesDetails } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { byMobile, mobileLiteral } from './members.ts';

const mobilesUpTo = (count: number) => Array.from({ length: count }, (_, index) => `44770090${1000 + index}`);

const open = (cap: number, count = 6, length = 60) =>
  startHarness(
    {
      members: mobilesUpTo(count).map((mobile) => numberedMember(mobile, { ledger: numberedLedger(length) })),
    },
    { MAX_CALLS_PER_OPERATION: String(cap) },
  );

const customer = (mobile: string, fields: string) =>
  `customer(identifier: ${mobileLiteral(mobile)}) { ${fields} }`;
const aliases = (count: number, fields: string) =>
  `{ ${mobilesUpTo(count)
    .map((mobile, index) => `c${index}: ${customer(mobile, fields)}`)
    .join(' ')} }`;

const tooExpensive = (calls: number, limit: number) => ({
  code: 'OPERATION_TOO_EXPENSIVE',
  retryable: false,
  calls,
  limit,
});

describe('an operation that needs more calls than the cap is refused once and makes none, if they come from', () => {
  it('aliases', async () => {
    const harness = await open(5);
    const result = await harness.ask(aliases(6, 'userId'));
    expect([result.data, errorsOf(result)]).toEqual([undefined, [['OPERATION_TOO_EXPENSIVE', null]]]);
    expect(result.errors?.[0]?.extensions).toEqual(tooExpensive(6, 5));
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('customers', async () => {
    const harness = await open(5);
    const result = await harness.ask(customersDetails, { identifiers: mobilesUpTo(6).map(byMobile) });
    expect([result.data, errorsOf(result)]).toEqual([undefined, [['OPERATION_TOO_EXPENSIVE', null]]]);
    expect(result.errors?.[0]?.extensions).toEqual(tooExpensive(6, 5));
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('nodes', async () => {
    const harness = await open(5);
    const [first, second] = [mobilesUpTo(6).slice(0, 3), mobilesUpTo(6).slice(3)].map(async (half) => {
      const { data } = await harness.ask(customersDetails, { identifiers: half.map(byMobile) });
      return data?.customers.map((each) => each?.id ?? '') ?? [];
    });
    const ids = [...((await first) ?? []), ...((await second) ?? [])];
    harness.sandbox.reset();
    const result = await harness.ask(nodesDetails, { ids });
    expect([result.data, errorsOf(result)]).toEqual([undefined, [['OPERATION_TOO_EXPENSIVE', null]]]);
    expect(result.errors?.[0]?.extensions).toEqual(tooExpensive(6, 5));
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('filters', async () => {
    const harness = await open(5);
    const lists = mobilesUpTo(6).map((till) => `t${till}: ledgerBalance(tillId: "${till}") { totalCount }`);
    const result = await harness.ask(`{ ${customer(mobilesUpTo(1)[0] ?? '', lists.join(' '))} }`);
    expect(errorsOf(result)).toEqual([['OPERATION_TOO_EXPENSIVE', null]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('a long page', async () => {
    const harness = await open(5);
    const result = await harness.ask(aliases(1, 'ledgerBalance(first: 51) { nodes { programId } }'));
    expect(result.errors?.[0]?.extensions).toEqual(tooExpensive(6, 5));
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('all of these together', async () => {
    const harness = await open(5);
    const [one = '', two = '', three = ''] = mobilesUpTo(3);
    const result = await harness.ask(
      `query ($identifiers: [CustomerIdentifierInput!]!) {
        ${customer(one, 'ledgerBalance(first: 30) { nodes { programId } } b: ledgerBalance(tillId: 7) { totalCount }')}
        customers(identifiers: $identifiers) { userId }
      }`,
      { identifiers: [one, two, three].map(byMobile) },
    );
    expect(result.errors?.[0]?.extensions).toEqual(tooExpensive(6, 5));
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('an operation that needs exactly as many calls as the cap is served:', () => {
  it.each<[string, number, number, number]>([
    ['userId', 6, 6, 6],
    ['ledgerBalance(first: 50) { nodes { programId } }', 1, 5, 5],
    ['userId ledgerBalance(first: 10) { nodes { programId } totalCount }', 5, 5, 5],
    ['ledgerBalance(first: 200) { totalCount }', 5, 5, 5],
    [
      'a: ledgerBalance(first: 30) { nodes { programId } } b: ledgerBalance(first: 5) { totalCount }',
      1,
      3,
      3,
    ],
  ])('{ %s } of %i customers under a cap of %i', async (fields, count, cap, calls) => {
    const harness = await open(cap);
    const result = await harness.ask(aliases(count, fields));
    expect(errorsOf(result)).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(calls);
  });

  it('a customer asked for a hundred times counts once', async () => {
    const harness = await open(1);
    const [mobile = ''] = mobilesUpTo(1);
    const identifiers = Array(100).fill(byMobile(mobile));
    expect(errorsOf(await harness.ask(customersDetails, { identifiers }))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('a balance with a wrong argument costs nothing, and neither does a customer without other fields', async () => {
    const harness = await open(1);
    const [one = '', two = ''] = mobilesUpTo(2);
    const result = await harness.ask(
      `{ a: ${customer(one, 'ledgerBalance(first: -1) { totalCount }')} b: ${customer(two, 'userId')} }`,
    );
    expect(result.data).toMatchObject({ a: { ledgerBalance: null }, b: { userId: two } });
    expect(errorsOf(result)).toEqual([['BAD_USER_INPUT', 'a.ledgerBalance']]);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});

describe('`last` without `before`', () => {
  const last = (size: number) => `ledgerBalance(last: ${size}) { nodes { programId } }`;

  // Ten entries at the end of a list lie across two pages at worst, and one call more brings the total.
  it('is priced one call and the worst cover over any total', async () => {
    const poor = await open(2);
    const refused = await poor.ask(aliases(1, last(10)));
    expect(refused.errors?.[0]?.extensions).toEqual(tooExpensive(3, 2));
    expect(poor.sandbox.callCount()).toBe(0);

    const rich = await open(3);
    expect(errorsOf(await rich.ask(aliases(1, last(10))))).toEqual([]);
    expect(rich.sandbox.callCount()).toBe(2);
  });
});

describe('the cap', () => {
  it('is per HTTP request: the next one has all calls again', async () => {
    const harness = await open(2);
    for (const _ of [1, 2, 3]) expect(errorsOf(await harness.ask(aliases(2, 'userId')))).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(6);
  });

  it('leaves a field null when a refused filter makes its details cost a call that is not left', async () => {
    const harness = await open(1);
    harness.sandbox.setFaults([{ kind: 'refusal', code: 9005, query: { tillId: true } }]);
    const result = await harness.ask(aliases(1, 'userId ledgerBalance(tillId: 7) { totalCount }'));
    expect(errorsOf(result)).toEqual([['OPERATION_TOO_EXPENSIVE', 'c0']]);
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
