/** A customer that does not exist: null without an error, wherever it is asked for, at the price of one call. */

import { beforeEach, describe, expect, it } from 'vitest';
import { customersDetails, nodesDetails } from '../operations.ts';
import { type Harness, startHarness } from './harness.ts';
import { byMobile, mobileLiteral, mobiles, threeMembers } from './members.ts';

let harness: Harness;
beforeEach(async () => {
  harness = await startHarness({ members: threeMembers });
});

describe('a customer that does not exist', () => {
  const unknown = mobileLiteral(mobiles.unknown);

  it('is null without an error and costs one call, for any selection', async () => {
    const { data, errors } = await harness.ask(
      `{ customer(identifier: ${unknown}) { id userId ledgerBalance(first: 50) { nodes { pointsCategory } } } }`,
    );
    expect([data, errors]).toEqual([{ customer: null }, undefined]);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('is a null item of `customers`, and the others keep their order', async () => {
    const identifiers = [mobiles.unknown, mobiles.three, mobiles.unknown].map(byMobile);
    const { data, errors } = await harness.ask(customersDetails, { identifiers });
    expect(data?.customers.map((customer) => customer?.userId)).toEqual([
      undefined,
      mobiles.three,
      undefined,
    ]);
    expect([errors, harness.sandbox.callCount()]).toEqual([undefined, 2]);
  });

  it('is null as `node` and as an item of `nodes`', async () => {
    const identifiers = [mobiles.three, mobiles.twelve].map(byMobile);
    const { data } = await harness.ask(customersDetails, { identifiers });
    const ids = data?.customers.map((customer) => customer?.id ?? '') ?? [];
    harness.sandbox.setMembers(threeMembers.slice(0, 1));
    harness.sandbox.reset();
    const found = await harness.ask(nodesDetails, { ids });
    expect(found.data?.nodes).toEqual([null, expect.objectContaining({ userId: mobiles.twelve })]);
    const node = await harness.ask('query ($id: ID!) { node(id: $id) { id } }', { id: ids[0] });
    expect([found.errors, node]).toEqual([undefined, { data: { node: null } }]);
    expect(harness.sandbox.callCount()).toBe(3);
  });
});
