/** A variable works alike under every name, also under those that every JavaScript object has. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { type Harness, openHarness } from './harness.ts';
import { mobileLiteral, mobiles, threeMembers } from './members.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness({ members: threeMembers });
});
afterAll(() => harness.close());

const names = ['v', ...Object.getOwnPropertyNames(Object.prototype)];
const found = { data: { customer: { userId: mobiles.twelve } } };
const literal = `customer(identifier: ${mobileLiteral(mobiles.twelve)})`;

/** Posts an operation with variables as JSON text, in which `__proto__` is a name like any other. */
async function ask(query: string, variables: string) {
  harness.sandbox.reset();
  const response = await harness.post(`{"query":${JSON.stringify(query)},"variables":${variables}}`);
  return [await response.json(), harness.sandbox.callCount()];
}

describe.each(names)('a variable named %s', (name) => {
  it('has the value that it is given', async () => {
    const inside = `query ($${name}: String!) { customer(identifier: { name: MOBILE, value: $${name} }) { userId } }`;
    expect(await ask(inside, `{"${name}":"${mobiles.twelve}"}`)).toEqual([found, 1]);
    const whole = `query ($${name}: CustomerIdentifierInput!) { customer(identifier: $${name}) { userId } }`;
    const identifier = JSON.stringify({ name: 'MOBILE', value: mobiles.twelve });
    expect(await ask(whole, `{"${name}":${identifier}}`)).toEqual([found, 1]);
  });

  it('has its default, or no value, when it is left out', async () => {
    const byDefault = `query ($${name}: String = "${mobiles.twelve}") {
      customer(identifier: { name: MOBILE, value: $${name} }) { userId }
    }`;
    expect(await ask(byDefault, '{}')).toEqual([found, 1]);
    const none = `query ($${name}: ID) {
      customer(identifier: { name: MOBILE, value: "${mobiles.twelve}", accountId: $${name} }) { userId }
    }`;
    expect(await ask(none, '{}')).toEqual([found, 1]);
    expect(harness.sandbox.calls()[0]?.query).not.toHaveProperty('accountId');
  });

  it('is refused when it is required and missing, or has a wrong value', async () => {
    const query = `query ($${name}: ID!) { node(id: $${name}) { id } }`;
    for (const variables of ['{}', `{"${name}":null}`, `{"${name}":{}}`]) {
      const [result, calls] = await ask(query, variables);
      expect([errorsOf(result), calls]).toEqual([[['BAD_USER_INPUT', null]], 0]);
    }
  });

  it('works in directives, also inside fragments, and for the plan of calls', async () => {
    const query = `query ($${name}: Boolean!) { ${literal} { userId ...B } }
      fragment B on Customer { ledgerBalance(first: 12) @include(if: $${name}) { totalCount } }`;
    expect(await ask(query, `{"${name}":false}`)).toEqual([found, 1]);
    const [{ data }, calls] = await ask(query, `{"${name}":true}`);
    expect([data.customer.ledgerBalance, calls]).toEqual([{ totalCount: 12 }, 1]);
  });
});

describe('variables', () => {
  it('that differ by underscores have values of their own', async () => {
    const query = `query ($__proto__: String!, $__proto___: String!) {
      a: customer(identifier: { name: MOBILE, value: $__proto__ }) { userId }
      b: customer(identifier: { name: MOBILE, value: $__proto___ }) { userId }
    }`;
    const variables = `{"__proto__":"${mobiles.twelve}","__proto___":"${mobiles.three}"}`;
    const data = { a: { userId: mobiles.twelve }, b: { userId: mobiles.three } };
    expect(await ask(query, variables)).toEqual([{ data }, 2]);
  });

  it('have no fields but those of their type', async () => {
    const query = 'query ($i: CustomerIdentifierInput!) { customer(identifier: $i) { userId } }';
    for (const field of ['"__proto__":{"accountId":"1"}', '"toString":1', '"constructor":{}']) {
      const [result, calls] = await ask(query, `{"i":{"name":"MOBILE","value":"1",${field}}}`);
      expect([errorsOf(result), calls]).toEqual([[['BAD_USER_INPUT', null]], 0]);
    }
  });
});

describe('an answer', () => {
  it('has fields under the names of a prototype', async () => {
    const response = await harness.post({
      query: `{ __proto__: ${literal} { __proto__: userId valueOf: userId } }`,
    });
    const fields = `{"__proto__":"${mobiles.twelve}","valueOf":"${mobiles.twelve}"}`;
    expect(await response.text()).toBe(`{"data":{"__proto__":${fields}}}`);
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('is given to an operation whose name or extensions have the name of a prototype', async () => {
    for (const name of ['__proto__', 'constructor']) {
      const query = `query A { __typename } query ${name} { ${literal} { userId } }`;
      harness.sandbox.reset();
      const body = `{"query":"${query.replaceAll('"', '\\"')}","operationName":"${name}","extensions":{"__proto__":{"a":1}}}`;
      expect(await (await harness.post(body)).json()).toEqual(found);
      expect(harness.sandbox.callCount()).toBe(1);
    }
  });
});
