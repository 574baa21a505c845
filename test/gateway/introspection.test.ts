/** INTROSPECTION=false hides the schema, from queries for it and from error messages. */

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

  it('is refused with INTROSPECTION=false, and everything else is served', async () => {
    const harness = await open({ INTROSPECTION: 'false' });
    for (const document of [introspection, '{ __type(name: "Query") { name } }']) {
      const codes = errorsOf(await harness.ask(document)).map(([code]) => code);
      expect(new Set(codes)).toEqual(new Set(['GRAPHQL_VALIDATION_FAILED']));
    }
    expect(await harness.ask(query)).toEqual(found);
    expect(await harness.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  const identified = (identifier: unknown) => ({
    query: 'query ($i: CustomerIdentifierInput!) { customer(identifier: $i) { id } }',
    variables: { i: identifier },
  });

  it.each<[string, { query: string; variables?: unknown }]>([
    ['a field', { query: '{ custome { id } }' }],
    ['a field of another type', { query: '{ node(id: "x") { firstName } }' }],
    ['an argument', { query: '{ customer(identifie: 1) { id } }' }],
    ['an argument of a directive', { query: '{ __typename @skip(iff: true) }' }],
    ['a type', { query: 'query ($i: CustomerIdentifierInpu) { __typename }' }],
    ['an input field', { query: '{ customer(identifier: { nam: MOBILE, value: "1" }) { id } }' }],
    ['an enum value', { query: '{ customer(identifier: { name: MOBIL, value: "1" }) { id } }' }],
    ['a text for an enum', { query: '{ customer(identifier: { name: "MOBILE", value: "1" }) { id } }' }],
    ['an input field of a variable', identified({ name: 'MOBILE', valu: '1' })],
    ['an enum value of a variable', identified({ name: 'MOBIL', value: '1' })],
    ['a lower-case enum value of a variable', identified({ name: 'mobile', value: '1' })],
  ])('suggests names for %s only when it is on', async (_, body) => {
    for (const [setting, isSuggested] of [
      ['true', true],
      ['false', false],
    ] as const) {
      const harness = await open({ INTROSPECTION: setting });
      const { errors } = await (await harness.post(body)).json();
      const messages = errors.map(({ message }: { message: string }) => message).join();
      expect(messages.includes('Did you mean')).toBe(isSuggested);
      expect(harness.sandbox.callCount()).toBe(0);
    }
  });
});
