/** The documents' answer to "What does a query cost?". */
import { describe, expect, it } from 'vitest';
import { startHarness } from './harness.ts';
import { queryCosts } from './query-costs.ts';

/** The sandbox's members of 137 and of 17 entries. */
const variables = {
  many: { name: 'EXTERNAL_ID', value: 'many-entries' },
  two: { name: 'EXTERNAL_ID', value: 'two-pages' },
} as const;

describe('the cost of a query', () => {
  it.each(queryCosts)('$query is $calls', async ({ query, calls }) => {
    const harness = await startHarness();
    const declared = Object.keys(variables)
      .filter((name) => query.includes(`$${name}`))
      .map((name) => `$${name}: CustomerIdentifierInput!`);
    const head = declared.length > 0 ? `query (${declared.join(', ')})` : 'query';
    const result = await harness.ask(`${head} { ${query} }`, variables);
    expect(result.errors?.length ?? 0).toBe(calls === 0 ? 1 : 0);
    expect(harness.sandbox.callCount()).toBe(calls);
  });
});
