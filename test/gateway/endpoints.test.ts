/** The endpoints beside `/graphql`, the drain, and the bound on bodies. */

import type { ExecutionResult } from 'graphql';
import { describe, expect, it } from 'vitest';
import { errorsOf } from './client-form.ts';
import { type Harness, startHarness } from './harness.ts';
import { threeMembers } from './members.ts';

const open = (env: Record<string, string> = {}) => startHarness({ members: threeMembers }, env);

async function statusOf(harness: Harness, path: string, method = 'GET'): Promise<[number, unknown]> {
  const response = await harness.gateway.fetch(new Request(`http://gateway.test${path}`, { method }));
  const text = await response.text();
  return [response.status, text === '' ? null : JSON.parse(text)];
}

describe('a probe', () => {
  it('finds the gateway alive and ready, without a call', async () => {
    const harness = await open();
    expect(await statusOf(harness, '/livez')).toEqual([200, { status: 'alive' }]);
    expect(await statusOf(harness, '/readyz')).toEqual([200, expect.objectContaining({ status: 'ready' })]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('finds the gateway alive and not ready during a drain, while operations are served', async () => {
    const harness = await open();
    harness.gateway.drain(10_000);
    expect(await statusOf(harness, '/livez')).toEqual([200, { status: 'alive' }]);
    expect((await statusOf(harness, '/readyz'))[0]).toBe(503);
    const answer = await harness.ask('{ customer(identifier: { name: MOBILE, value: "1" }) { id } }');
    expect(answer).toEqual({ data: { customer: null } });
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('is answered while the upstream is away', async () => {
    const harness = await open();
    await harness.sandbox.close();
    expect((await statusOf(harness, '/livez'))[0]).toBe(200);
    expect((await statusOf(harness, '/readyz'))[0]).toBe(200);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('writes no log line', async () => {
    const harness = await open();
    await statusOf(harness, '/livez');
    await statusOf(harness, '/readyz');
    expect(harness.logLines).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is not answered inside a query', async () => {
    const harness = await open();
    const [, body] = await statusOf(harness, '/graphql?query={__typename}&operationName=/health');
    expect(errorsOf(body as ExecutionResult)).toEqual([['BAD_REQUEST', null]]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});

describe('a body over MAX_BODY_BYTES', () => {
  const body = (bytes: number) => {
    const empty = JSON.stringify({ query: '{ __typename }', variables: { fill: '' } });
    return empty.replace('""', `"${'x'.repeat(bytes - empty.length)}"`);
  };
  const limited = { code: 'OPERATION_LIMITED', retryable: false, limit: 500 };

  it('is refused by its declared length', async () => {
    const harness = await open({ MAX_BODY_BYTES: '500' });
    const text = body(501);
    const response = await harness.post(text, { headers: { 'content-length': String(text.length) } });
    const result = await response.json();
    expect([response.status, errorsOf(result)]).toEqual([413, [['OPERATION_LIMITED', null]]]);
    expect(result.errors[0].extensions).toEqual(limited);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is refused when it comes in chunks, before its end is read', async () => {
    const harness = await open({ MAX_BODY_BYTES: '500' });
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks += 1;
        controller.enqueue(Buffer.from('{"query":"{ __typename }",'.padEnd(100)));
      },
    });
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', body: endless, duplex: 'half', headers };
    const response = await harness.gateway.fetch(new Request('http://gateway.test/graphql', init));
    expect([response.status, errorsOf(await response.json())]).toEqual([413, [['OPERATION_LIMITED', null]]]);
    expect(chunks).toBeLessThan(20);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('is refused with any declared length', async () => {
    const harness = await open({ MAX_BODY_BYTES: '500' });
    const response = await harness.post(body(600), { headers: { 'content-length': '10' } });
    expect(response.status).toBe(413);
    expect(harness.sandbox.callCount()).toBe(0);
  });

  it('does not include a body of exactly that size', async () => {
    const harness = await open({ MAX_BODY_BYTES: '500' });
    const response = await harness.post(body(500));
    expect([response.status, await response.json()]).toEqual([200, { data: { __typename: 'Query' } }]);
    expect(harness.sandbox.callCount()).toBe(0);
  });
});
