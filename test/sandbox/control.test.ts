/** The control endpoints, as plain curl uses them. */

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { ask, basic, start } from './asking.ts';

/** Sends what curl sends with `-d`: a form's content type around JSON. */
function control(sandbox: Sandbox, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(`${sandbox.url}/_sandbox${path}`, {
    method,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

describe('the control endpoints', () => {
  it('list credentials, members, situations and faults', async () => {
    expect(await (await control(await start(), 'GET', '')).json()).toMatchObject({
      credentials: { basic: { user: 'demo.till', password: 'demo-password' } },
      members: [{ userId: '1', positions: 12 }],
      situations: expect.arrayContaining([expect.objectContaining({ name: 'merged' })]),
      faultKinds: { hang: { settings: [] }, latency: { settings: ['ms'] } },
      faultScope: expect.arrayContaining(['times']),
      endpoints: expect.arrayContaining(['GET, POST, PUT, DELETE /_sandbox/faults']),
    });
  });

  it('switch faults on one by one, replace them, list them and switch them off', async () => {
    const sandbox = await start();
    expect((await control(sandbox, 'POST', '/faults', { kind: 'empty', times: 1 })).status).toBe(200);
    await control(sandbox, 'POST', '/faults', [{ kind: 'server-error' }]);
    await ask(sandbox);
    expect((await ask(sandbox)).status).toBe(503);
    expect(await (await control(sandbox, 'GET', '/faults')).json()).toEqual([
      { fault: { kind: 'empty', times: 1 }, hits: 1 },
      { fault: { kind: 'server-error' }, hits: 1 },
    ]);
    await control(sandbox, 'PUT', '/faults', { kind: 'html' });
    expect(sandbox.faults()).toEqual([{ fault: { kind: 'html' }, hits: 0 }]);
    expect((await control(sandbox, 'DELETE', '/faults')).status).toBe(204);
    expect((await ask(sandbox)).status).toBe(200);
  });

  it.each(['POST', 'PUT'])('refuse an unknown fault, and change nothing (%s)', async (method) => {
    const sandbox = await start();
    const response = await control(sandbox, method, '/faults', [{ kind: 'hang' }, { kind: 'flood' }]);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/^kind: expected one of/) });
    expect(sandbox.faults()).toEqual([]);
  });

  it('switch off the faults of one test, and count its calls, beside those of another', async () => {
    const sandbox = await start();
    const [one, other] = [randomUUID(), randomUUID()];
    for (const onlyFor of [one, other])
      await control(sandbox, 'POST', '/faults', { kind: 'server-error', onlyFor });
    const askFor = (id: string) => ask(sandbox, {}, { headers: { 'x-request-id': id } });
    expect([(await ask(sandbox)).status, (await askFor(one)).status]).toEqual([200, 503]);
    await control(sandbox, 'DELETE', `/faults?onlyFor=${one}`);
    expect([(await askFor(one)).status, (await askFor(other)).status]).toEqual([200, 503]);
    const { ledger } = await (await control(sandbox, 'GET', `/calls?onlyFor=${one}`)).json();
    expect(ledger).toMatchObject({ count: 2, calls: [{ status: 503 }, { status: 200 }] });
  });

  it('switch off one fault by its JSON, and keep the counts of the others', async () => {
    const sandbox = await start();
    await control(sandbox, 'POST', '/faults', [{ kind: 'latency', ms: 0 }, { kind: 'html' }]);
    await ask(sandbox);
    const html = encodeURIComponent('{"kind":"html"}');
    expect((await control(sandbox, 'DELETE', `/faults?fault=${html}`)).status).toBe(204);
    expect(sandbox.faults()).toEqual([{ fault: { kind: 'latency', ms: 0 }, hits: 1 }]);
  });

  it.each([
    ['DELETE', '/faults?onlyfor=x', 'onlyfor: this takes onlyFor, fault'],
    ['GET', '/calls?lsat=5', 'lsat: this takes last, onlyFor'],
  ])('refuse an option that they do not know, and change nothing (%s %s)', async (method, path, error) => {
    const sandbox = await start();
    sandbox.setFaults([{ kind: 'html' }]);
    const response = await control(sandbox, method, path);
    expect([response.status, await response.json()]).toEqual([400, { error }]);
    expect(sandbox.faults()).toHaveLength(1);
  });

  it('show the calls without their credentials', async () => {
    const sandbox = await start();
    await ask(sandbox, {}, { headers: { 'x-cap-api-attribution-till-code': 't1' } });
    await fetch(`${sandbox.url}/v2/pointsLedger/getCustomerLedgerBalance`, {
      headers: { 'x-cap-api-oauth-token': 'secret-token' },
    });
    const text = await (await control(sandbox, 'GET', '/calls')).text();
    const { ledger, token } = JSON.parse(text);
    expect([ledger.count, token.count]).toEqual([2, 0]);
    expect(ledger.calls[0]).toMatchObject({
      number: 1,
      status: 200,
      headers: { 'x-cap-api-attribution-till-code': 't1' },
    });
    expect(text).not.toContain(basic.slice(6));
    expect(text).not.toContain('secret-token');
  });

  it('reset the sandbox and revoke tokens', async () => {
    const sandbox = await start();
    await ask(sandbox);
    sandbox.setFaults([{ kind: 'hang' }]);
    expect((await control(sandbox, 'POST', '/reset')).status).toBe(204);
    expect([sandbox.callCount(), sandbox.faults()]).toEqual([0, []]);
    expect((await control(sandbox, 'DELETE', '/tokens')).status).toBe(204);
  });

  it('reset the gateway in front as well', async () => {
    const sandbox = await start();
    let resets = 0;
    sandbox.attachGateway({ port: 4000, reset: () => (resets += 1) });
    await control(sandbox, 'POST', '/reset');
    sandbox.reset();
    expect(resets).toBe(2);
  });

  it.each([
    ['POST', '/faults'],
    ['PUT', '/faults'],
    ['DELETE', '/faults'],
    ['DELETE', '/tokens'],
    ['POST', '/reset'],
  ])('refuse a page of another site (%s %s)', async (method, path) => {
    const sandbox = await start();
    sandbox.setFaults([{ kind: 'html' }]);
    const headers = { 'sec-fetch-site': 'cross-site' };
    const response = await fetch(`${sandbox.url}/_sandbox${path}`, { method, headers });
    expect(response.status).toBe(403);
    expect(sandbox.faults()).toHaveLength(1);
  });

  it('are not counted as calls', async () => {
    const sandbox = await start();
    await control(sandbox, 'GET', '/calls');
    expect(sandbox.callCount()).toBe(0);
  });
});
