/** Errors of a request that is not executed: their codes, and their statuses in both media types. */

import { describe, expect, it } from 'vitest';
import { summaryOf } from './client-form.ts';
import { startHarness } from './harness.ts';
import { threeMembers } from './members.ts';

const open = () => startHarness({ members: threeMembers });

describe('a request error', () => {
  it.each<[string, Record<string, unknown>]>([
    ['several and no name', { query: 'query A { __typename } query B { __typename }' }],
    ['another name', { query: 'query A { __typename }', operationName: 'B' }],
    ['none at all', { query: 'fragment F on Query { __typename }' }],
  ])(
    'refuses a document whose operation cannot be chosen: 400, and 200 in application/json: %s',
    async (_, body) => {
      const harness = await open();
      expect(await summaryOf(await harness.post(body))).toEqual([
        200,
        'application/json',
        [['BAD_REQUEST', null]],
      ]);
      const accept = 'application/graphql-response+json';
      const modern = await harness.post(body, { headers: { accept } });
      expect(await summaryOf(modern)).toEqual([400, accept, [['BAD_REQUEST', null]]]);
      expect(harness.sandbox.callCount()).toBe(0);
    },
  );

  const oneMember = 'customer(identifier: { name: MOBILE, value: "1" })';
  it.each<[string, string, unknown, string]>([
    [
      'a literal of the wrong type',
      `{ ${oneMember} { ledgerBalance(first: "x") { totalCount } } }`,
      {},
      'BAD_USER_INPUT',
    ],
    [
      'a variable of the wrong type',
      `query ($v: Int) { ${oneMember} { ledgerBalance(first: $v) { totalCount } } }`,
      { v: 'x' },
      'BAD_USER_INPUT',
    ],
    ['a variable that is missing', 'query ($v: ID!) { node(id: $v) { id } }', {}, 'BAD_USER_INPUT'],
    [
      'a variable that no enum has',
      'query ($v: CustomerIdentifierInput!) { customer(identifier: $v) { id } }',
      { v: { name: 'X', value: '1' } },
      'BAD_USER_INPUT',
    ],
    ['too many levels', `{ ${'a { '.repeat(300)} a ${'} '.repeat(300)} }`, {}, 'OPERATION_LIMITED'],
  ])('refuses %s: 400, and 200 in application/json', async (_, document, variables, code) => {
    const harness = await open();
    const statuses: unknown[] = [];
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const response = await harness.post({ query: document, variables }, { headers: { accept } });
      const [status, type, errors] = await summaryOf(response);
      expect([type, errors]).toEqual([accept, [[code, null]]]);
      statuses.push(status);
    }
    expect([statuses, harness.sandbox.callCount()]).toEqual([[200, 400], 0]);
  });

  it.each<[string, string, string]>([
    ['{ customer(', 'GRAPHQL_PARSE_FAILED', 'a syntax error'],
    ['', 'GRAPHQL_PARSE_FAILED', 'an empty document'],
    ['{ nobody { id } }', 'GRAPHQL_VALIDATION_FAILED', 'an unknown field'],
    ['{ customer { id } }', 'GRAPHQL_VALIDATION_FAILED', 'a missing argument'],
    ['{ __typename ...A }', 'GRAPHQL_VALIDATION_FAILED', 'an unknown fragment'],
    ['mutation { x }', 'GRAPHQL_VALIDATION_FAILED', 'a mutation'],
    ['subscription { x }', 'GRAPHQL_VALIDATION_FAILED', 'a subscription'],
    ['query ($v: Nothing) { node(id: $v) { id } }', 'GRAPHQL_VALIDATION_FAILED', 'an unknown type'],
    ['{ node(id: $id) { id } }', 'GRAPHQL_VALIDATION_FAILED', 'an unknown variable'],
  ])('answers %j with %s: 400, and 200 in application/json', async (document, code) => {
    const harness = await open();
    const plain = await harness.post({ query: document });
    expect(await summaryOf(plain)).toEqual([200, 'application/json', [[code, null]]]);
    const accept = 'application/graphql-response+json';
    const modern = await harness.post({ query: document }, { headers: { accept } });
    expect(await summaryOf(modern)).toEqual([400, accept, [[code, null]]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
