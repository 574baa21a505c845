/** With INTROSPECTION=false the schema is told to nobody: neither when asked for, nor by the way. */

import { describe, expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { mobileLiteral, mobiles, threeMembers } from './members.ts';

const query = `{ customer(identifier: ${mobileLiteral(mobiles.twelve)}) { userId } }`;
const found = { data: { customer: { userId: mobiles.twelve } } };

const open = (env: Record<string, string> = {}) => startHarness({ members: threeMembers }, env);

describe('introspection', () => {
  const introspection = '{ __schema { types { name } } }';

  it('answers questions about the schema', async () => {
    const harness = await open();
    expect(await harness.ask(introspection)).toHaveProperty('data.__schema.types');
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is refused with INTROSPECTION=false, and everything else goes on', async () => {
    const harness = await open({ INTROSPECTION: 'false' });
    for (const document of [introspection, '{ __type(name: "Query") { name } }']) {
      const codes = errorsOf(await harness.ask(document)).map(([code]) => code);
      expect(new Set(codes)).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    }
    expect(await harness.ask(query)).toEqual(found);
    expect(await harness.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(harness.sandbox.callCount()).toBe(1);
  });
});
