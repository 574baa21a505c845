/** The parameters of an operation in the URL of a GET. */

import { expect, it } from 'vitest';
import { readUrl } from '../../../src/gateway/http/request-parameters.ts';

const read = (query: string) => readUrl(`http://gateway.test/graphql?${query}`);

it.each<[string, object]>([
  ['query=%7Ba%7D', { query: '{a}' }],
  ['query=a+b%2Bc', { query: 'a b+c' }],
  ['query=a&query=b', { query: 'a' }],
  ['query=&query=b', {}],
  ['%71uery=a', { query: 'a' }],
  ['query=a=b', { query: 'a=b' }],
  ['query', {}],
  ['variables={"a":"b=c"}'.replaceAll('"', '%22'), { variables: { a: 'b=c' } }],
  ['%=1&%zz=2&%C3=3&query=a', { query: 'a' }],
  [`${'%&'.repeat(7500)}query=a`, { query: 'a' }],
  [`${'x'.repeat(10_000)}=1&query=a`, { query: 'a' }],
])('%.60s', (query, parameters) => {
  expect(read(query)).toEqual({
    query: undefined,
    operationName: undefined,
    variables: undefined,
    ...parameters,
  });
});

it.each(['query=%EB', 'query=%zz', 'query=%', 'variables=%22'])('refuses %s', (query) => {
  expect(() => read(query)).toThrow(/^`(query|variables)` takes/);
});

it('throws no exception for undecodable keys, which would be slow', () => {
  const startedAt = process.cpuUsage();
  for (let times = 0; times < 5; times += 1) read('%&'.repeat(7500));
  const { user, system } = process.cpuUsage(startedAt);
  // An exception for each, as it was, took 150 ms for one such URL.
  expect((user + system) / 5000).toBeLessThan(50);
});
