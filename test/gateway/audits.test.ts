/** The whole audit suite of graphql-http for GraphQL over HTTP. */

import { type AuditResult, serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Harness, openHarness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

const fetchFn = (url: string, init?: RequestInit) => harness.gateway.fetch(new Request(url, init));

/** An audit that fails, with its details; `undefined` for one that passes. */
async function complaint(result: AuditResult): Promise<unknown> {
  if (result.status === 'ok') return undefined;
  const { status, reason, response } = result;
  return { status, reason, body: await response.text() };
}

describe('a GraphQL server over HTTP', () => {
  it.each(
    serverAudits({ url: 'http://gateway.test/graphql', fetchFn }).map(({ name, fn }) => [name, fn] as const),
  )('%s', async (_, audit) => {
    expect(await complaint(await audit())).toBeUndefined();
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
