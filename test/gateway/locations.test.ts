/** Where in the document an error was raised, and how many errors an answer holds. */

import { expect, it } from 'vitest';
import { startHarness } from './harness.ts';
import { mobileLiteral, mobiles, threeMembers } from './members.ts';

const customer = `customer(identifier: ${mobileLiteral(mobiles.three)})`;

it.each<[string, string, object, calls: number]>([
  ['of the syntax', '{\n  customer(', [{ line: 2, column: 12 }], 0],
  ['of validation', '{\n  __typename\n  nope\n}', [{ line: 3, column: 3 }], 0],
  [
    'of a literal',
    `{\n  ${customer} {\n    ledgerBalance(first: "x") { totalCount } } }`,
    [{ line: 3, column: 26 }],
    0,
  ],
  [
    'of a field',
    `{\n  ${customer} {\n    ledgerBalance(first: 201) { totalCount } } }`,
    [{ line: 3, column: 5 }],
    0,
  ],
  [
    'of a field that is selected twice',
    `{\n  ${customer} {\n    ledgerBalance(first: 201) { totalCount }\n    ledgerBalance(first: 201) { nodes { programId } } } }`,
    [
      { line: 3, column: 5 },
      { line: 4, column: 5 },
    ],
    0,
  ],
])('an error %s says where it is', async (_, query, locations, calls) => {
  const harness = await startHarness({ members: threeMembers });
  const { errors } = await harness.ask(query);
  expect(errors?.map((error) => error.locations)).toEqual([locations]);
  expect(harness.sandbox.callCount()).toBe(calls);
});

it('an error of a variable says where the variable is declared', async () => {
  const harness = await startHarness();
  const { errors } = await harness.ask('query (\n  $id: ID!) { node(id: $id) { id } }', { id: 1.5 });
  expect(errors?.map(({ locations }) => locations)).toEqual([[{ line: 2, column: 3 }]]);
  expect(harness.sandbox.callCount()).toBe(0);
});

it('an error without a location in the document has none', async () => {
  const harness = await startHarness({}, { MAX_CALLS_PER_OPERATION: '1' });
  const bodies = [{}, { query: `{ ${customer} { ledgerBalance(first: 11) { nodes { programId } } } }` }];
  for (const body of bodies) {
    const result = await (await harness.post(body)).json();
    expect(result.errors).toEqual([{ message: expect.any(String), extensions: expect.any(Object) }]);
  }
  expect(harness.sandbox.callCount()).toBe(0);
});

it('an answer holds a hundred errors, and says how many it leaves out', async () => {
  const harness = await startHarness();
  const ids = Array.from({ length: 150 }, (_, n) => `x${n}`);
  const { data, errors } = await harness.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(data).toEqual({ nodes: Array(150).fill(null) });
  expect(errors?.length).toBe(101);
  expect(errors?.at(-1)).toEqual({
    message: '50 more errors are left out',
    path: ['nodes', 0],
    extensions: { code: 'OPERATION_LIMITED', retryable: false, limit: 100 },
  });
  expect(harness.sandbox.callCount()).toBe(0);
});
