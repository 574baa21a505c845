/** What a failure affects: one balance or one customer. Its siblings are served. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { customersDetails } from '../operations.ts';
import { errorsOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, mobileLiteral, mobiles, threeMembers } from './members.ts';

const promised: Fault = { kind: 'refusal', query: { pointCategoryType: 'PROMISED' } };
const trigger: Fault = { kind: 'refusal', query: { pointCategoryType: 'TRIGGER_BASED' } };
const plain: Fault = { kind: 'refusal', query: { pointCategoryType: false } };
const down = { kind: 'server-error' } as const;

const a = 'a: ledgerBalance { totalCount }';
const b = 'b: ledgerBalance(categoryType: PROMISED) { totalCount }';
const c = 'c: ledgerBalance(categoryType: TRIGGER_BASED) { totalCount }';
const whole = { totalCount: 12 };
const empty = { totalCount: 0 };

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ members: threeMembers });
});

/** The customer, the errors and the calls of some fields under faults. */
async function outcomeOf(fields: string, faults: readonly Fault[]) {
  harness.sandbox.setFaults(faults);
  const query = `{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) { ${fields} } }`;
  const result = await harness.ask<{ customer: unknown }, object>(query);
  return [result.data?.customer, errorsOf(result), harness.sandbox.callCount()];
}

describe('a filter that is refused', () => {
  it.each([9005, 9018])('with %i fails its own balance, and the rest is served', async (code) => {
    expect(await outcomeOf(`userId ${a} ${b} ${c}`, [{ ...promised, code }])).toEqual([
      { userId: mobiles.twelve, a: whole, b: null, c: empty },
      [['UPSTREAM_REJECTED', 'customer.b']],
      3,
    ]);
  });

  it('fails every balance with this filter, each with an error of its own', async () => {
    const again = 'again: ledgerBalance(categoryType: PROMISED, first: 3) { totalCount }';
    expect(await outcomeOf(`${a} ${b} ${again}`, [{ ...promised, code: 9018 }])).toEqual([
      { a: whole, b: null, again: null },
      [
        ['UPSTREAM_REJECTED', 'customer.b'],
        ['UPSTREAM_REJECTED', 'customer.again'],
      ],
      2,
    ]);
  });

  it('costs one more call when it is the only filter and details are selected', async () => {
    expect(await outcomeOf(`userId ${b}`, [{ ...promised, code: 9005 }])).toEqual([
      { userId: mobiles.twelve, b: null },
      [['UPSTREAM_REJECTED', 'customer.b']],
      2,
    ]);
  });

  it('costs one more call when all other filters are refused as well', async () => {
    const faults = [
      { ...promised, code: 9005 },
      { ...trigger, code: 9018 },
    ];
    expect(await outcomeOf(`firstName ${b} ${c}`, faults)).toEqual([
      { firstName: 'Test', b: null, c: null },
      [
        ['UPSTREAM_REJECTED', 'customer.b'],
        ['UPSTREAM_REJECTED', 'customer.c'],
      ],
      3,
    ]);
  });

  it('costs no further call when the call of another filter gave the details', async () => {
    expect(await outcomeOf(`userId ${b} ${c}`, [{ ...promised, code: 9005 }])).toEqual([
      { userId: mobiles.twelve, b: null, c: empty },
      [['UPSTREAM_REJECTED', 'customer.b']],
      2,
    ]);
  });

  it.each([9005, 9018, 1234])('with %i fails its own balance when nothing else is selected', async (code) => {
    expect(await outcomeOf(`__typename ${b}`, [{ ...promised, code }])).toEqual([
      { __typename: 'Customer', b: null },
      [['UPSTREAM_REJECTED', 'customer.b']],
      1,
    ]);
  });

  it('with an undocumented code fails its own balance, whatever else is selected', async () => {
    const unknown = { ...promised, code: 1234 };
    const errors = [['UPSTREAM_REJECTED', 'customer.b']];
    expect(await outcomeOf(`userId ${b}`, [unknown])).toEqual([
      { userId: mobiles.twelve, b: null },
      errors,
      2,
    ]);
    expect(await outcomeOf(`${a} ${b}`, [unknown])).toEqual([{ a: whole, b: null }, errors, 4]);
  });

  it('fails its own balance also when the window counts from the end of the list', async () => {
    const last = 'b: ledgerBalance(categoryType: PROMISED, last: 5) { nodes { programId } }';
    expect(await outcomeOf(`id ${last}`, [{ ...promised, code: 1234 }])).toEqual([
      { id: expect.any(String), b: null },
      [['UPSTREAM_REJECTED', 'customer.b']],
      1,
    ]);
  });

  it('fails the customer when the call for the details fails as well, with the error of that call', async () => {
    expect(await outcomeOf(`userId ${b}`, [{ ...promised, code: 9005 }, down])).toEqual([
      null,
      [['UPSTREAM_UNAVAILABLE', 'customer']],
      2,
    ]);
  });
});

describe('a call that fails', () => {
  it('for a reason other than its filter fails its own balance alone', async () => {
    expect(await outcomeOf(`userId ${a} ${b}`, [{ ...promised, ...down }])).toEqual([
      { userId: mobiles.twelve, a: whole, b: null },
      [['UPSTREAM_UNAVAILABLE', 'customer.b']],
      2,
    ]);
  });

  it('without a filter fails its own balance alone as long as another call gave the details', async () => {
    expect(await outcomeOf(`userId ${a} ${b}`, [{ ...plain, ...down }])).toEqual([
      { userId: mobiles.twelve, a: null, b: empty },
      [['UPSTREAM_UNAVAILABLE', 'customer.a']],
      2,
    ]);
  });

  it('fails the customer when it is the only call, and no other call is made for the details', async () => {
    expect(await outcomeOf(`userId ${b}`, [{ ...promised, ...down }])).toEqual([
      null,
      [['UPSTREAM_UNAVAILABLE', 'customer']],
      1,
    ]);
  });

  it('beside a refused filter fails the customer with the error of the call without filters', async () => {
    expect(await outcomeOf(`userId ${b} ${a}`, [{ ...promised, code: 9005 }, down])).toEqual([
      null,
      [['UPSTREAM_UNAVAILABLE', 'customer']],
      2,
    ]);
  });

  it('beside a refused filter fails its own balance when the call for the details succeeds', async () => {
    const faults = [
      { ...promised, code: 9005 },
      { ...trigger, ...down },
    ];
    expect(await outcomeOf(`userId ${b} ${c}`, faults)).toEqual([
      { userId: mobiles.twelve, b: null, c: null },
      [
        ['UPSTREAM_REJECTED', 'customer.b'],
        ['UPSTREAM_UNAVAILABLE', 'customer.c'],
      ],
      3,
    ]);
  });

  it('beside a refused filter fails the customer when no details are selected', async () => {
    const faults = [
      { ...promised, code: 9005 },
      { ...trigger, ...down },
    ];
    expect(await outcomeOf(`id ${b} ${c}`, faults)).toEqual([
      null,
      [['UPSTREAM_UNAVAILABLE', 'customer']],
      2,
    ]);
  });

  it.each(['id', 'userId'])(
    'without a filter refuses the customer, whatever is selected: %s',
    async (field) => {
      expect(await outcomeOf(`${field} ${a}`, [{ ...plain, code: 9005 }])).toEqual([
        null,
        [['UPSTREAM_REJECTED', 'customer']],
        1,
      ]);
    },
  );
});

describe('a customer that is refused', () => {
  it.each([8069, 8003, 8013, 11013, 1632])(
    'fails as a whole when one of several calls is refused with %i',
    async (code) => {
      expect(await outcomeOf(`userId ${a} ${b}`, [{ ...promised, code }])).toEqual([
        null,
        [[code === 8069 ? 'CUSTOMER_MERGED' : 'UPSTREAM_REJECTED', 'customer']],
        2,
      ]);
    },
  );

  it('is null when one of several calls says that it does not exist', async () => {
    expect(await outcomeOf(`userId ${a} ${b}`, [{ ...promised, code: 8015 }])).toEqual([null, [], 2]);
  });

  it('does not affect other items of `customers`', async () => {
    harness.sandbox.setFaults([{ kind: 'refusal', code: 8069, identifierValue: mobiles.three }]);
    const identifiers = [mobiles.twelve, mobiles.three, mobiles.gaps].map(byMobile);
    const result = await harness.ask(customersDetails, { identifiers });
    expect(result.data?.customers.map((customer) => customer?.userId)).toEqual([
      mobiles.twelve,
      undefined,
      mobiles.gaps,
    ]);
    expect(errorsOf(result)).toEqual([['CUSTOMER_MERGED', 'customers.1']]);
    expect(harness.sandbox.callCount()).toBe(3);
  });

  it('does not affect other root fields', async () => {
    harness.sandbox.setFaults([{ ...down, identifierValue: mobiles.three }]);
    const field = (name: string, mobile: string) =>
      `${name}: customer(identifier: ${mobileLiteral(mobile)}) { userId }`;
    const result = await harness.ask(`{ ${field('x', mobiles.three)} ${field('y', mobiles.twelve)} }`);
    expect(result.data).toEqual({ x: null, y: { userId: mobiles.twelve } });
    expect(errorsOf(result)).toEqual([['UPSTREAM_UNAVAILABLE', 'x']]);
    expect(harness.sandbox.callCount()).toBe(2);
  });
});
