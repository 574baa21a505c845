/** What each kind of fault sends, and what the call log records. */

import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import type { Fault } from '../../src/sandbox/faults/faults.ts';
import type { Sandbox } from '../../src/sandbox/server.ts';
import { ask, askBody, askToken, start, urlOf } from './asking.ts';
import { numberedLedger, numberedMember } from './numbered-ledger.ts';

const json = 'application/json;charset=UTF-8';

async function startWith(...faults: Fault[]): Promise<Sandbox> {
  const sandbox = await start({ now: () => 1_767_225_600_500 });
  sandbox.setFaults(faults);
  return sandbox;
}

describe('faults that are whole answers', () => {
  it.each<[string, Fault, readonly [number, string | null, RegExp]]>([
    ['a 503 page', { kind: 'server-error' }, [503, 'text/html', /Server Error/]],
    ['an empty 500', { kind: 'server-error', status: 500, body: 'empty' }, [500, null, /^$/]],
    ['HTML', { kind: 'html' }, [200, 'text/html', /<html>/]],
    ['nothing', { kind: 'empty' }, [200, null, /^$/]],
    ['another shape', { kind: 'other-shape' }, [200, json, /^\{"result"/]],
    ['any text', { kind: 'other-shape', text: '[1' }, [200, json, /^\[1$/]],
    ['half the JSON', { kind: 'cut-json' }, [200, json, /^\{"customerDetails.*[^}]$/]],
    ['401', { kind: 'unauthorized' }, [401, null, /^$/]],
    ['403', { kind: 'forbidden' }, [403, 'text/html', /Forbidden/]],
    ['9003', { kind: 'refusal' }, [400, json, /"code":9003/]],
    ['any refusal', { kind: 'refusal', code: 1632, message: 'No' }, [400, json, /1632,"message":"No"/]],
  ])('sends %s', async (_, fault, [status, type, body]) => {
    const sandbox = await startWith(fault);
    const response = await ask(sandbox);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe(type);
    expect(await response.text()).toMatch(body);
    await sandbox.until(([call]) => call?.outcome === 'answered');
    expect(sandbox.calls()).toMatchObject([{ fault: fault.kind, status, endedAt: 1_767_225_600_500 }]);
  });

  it.each<[string, Fault, string | null]>([
    ['seconds', { kind: 'rate-limited', retryAfter: 7 }, '7'],
    [
      'a date, rounded up to whole seconds',
      { kind: 'rate-limited', retryAfter: 7, form: 'date' },
      'Thu, 01 Jan 2026 00:00:08 GMT',
    ],
    ['nothing', { kind: 'rate-limited' }, null],
  ])('sends 429 with %s in Retry-After', async (_, fault, retryAfter) => {
    const response = await ask(await startWith(fault));
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, retryAfter]);
  });

  it('redirects to the same question, marked, or to `location`', async () => {
    const sandbox = await startWith({ kind: 'redirect', times: 1 }, { kind: 'redirect', location: '/away' });
    const marked = await ask(sandbox);
    expect(marked.status).toBe(302);
    expect(`${sandbox.url}${marked.headers.get('location')}`).toBe(`${urlOf(sandbox)}&redirected=1`);
    expect((await ask(sandbox)).headers.get('location')).toBe('/away');
  });

  it.each([true, false])('pads the right answer above 1 MiB (chunked: %s)', async (chunked) => {
    const response = await ask(await startWith({ kind: 'oversized', chunked }));
    expect(response.headers.get('content-length')).toBe(chunked ? null : '1572864');
    const text = await response.text();
    expect(text.length).toBe(1_572_864);
    expect(JSON.parse(text).customerDetails.userId).toBe(1);
  });
});

describe('faults that break the connection', () => {
  it('cuts the body short of its Content-Length', async () => {
    const sandbox = await startWith({ kind: 'cut-body' });
    const response = await ask(sandbox);
    expect([response.status, Number(response.headers.get('content-length')) > 100]).toEqual([200, true]);
    await expect(response.text()).rejects.toThrow();
    await sandbox.until(([call]) => call?.outcome === 'cut');
    expect(sandbox.calls()).toMatchObject([{ status: 200, fault: 'cut-body' }]);
  });

  it('resets before any answer', async () => {
    const sandbox = await startWith({ kind: 'reset' });
    await expect(ask(sandbox)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    await sandbox.until(([call]) => call?.outcome === 'cut');
    expect(sandbox.calls()).toMatchObject([{ status: null, fault: 'reset' }]);
  });

  it.each<[Fault['kind'] & ('hang' | 'stall'), number | null]>([
    ['hang', null],
    ['stall', 200],
  ])('leaves a %s open until the client leaves, and logs that', async (kind, status) => {
    const sandbox = await startWith({ kind });
    const leaving = new AbortController();
    const answer = ask(sandbox, {}, { signal: leaving.signal }).then((response) => response.text());
    await sandbox.until(([call]) => call?.fault === kind);
    leaving.abort();
    await expect(answer).rejects.toThrow(/abort/);
    await sandbox.until(([call]) => call?.outcome === 'client-gone');
    expect(sandbox.calls()).toMatchObject([{ status }]);
  });

  it('notices a client that leaves while the answer is late, and lets the answer go', async () => {
    const sandbox = await startWith({ kind: 'latency', ms: 60_000 });
    const leaving = new AbortController();
    const answer = ask(sandbox, {}, { signal: leaving.signal });
    await sandbox.until((calls) => calls.length === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow(/abort/);
    await sandbox.until(([call]) => call?.outcome === 'client-gone');
    expect(sandbox.calls()).toMatchObject([{ status: null, fault: 'latency' }]);
  });

  it('closes at once although calls hang and wait', async () => {
    const sandbox = await startWith({ kind: 'hang', times: 1 }, { kind: 'latency', ms: 60_000 });
    const answers = Promise.allSettled([ask(sandbox), ask(sandbox)]);
    await sandbox.until((calls) => calls.length === 2);
    await sandbox.close();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('faults that run on', () => {
  it('delays the right answer', async () => {
    const sandbox = await startWith({ kind: 'latency', ms: 30 });
    const start = performance.now();
    expect((await ask(sandbox)).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
  });

  it('hit the token endpoint if their scope says so', async () => {
    const sandbox = await startWith({ kind: 'server-error', endpoint: 'token' });
    expect((await askToken(sandbox, demoCredentials.oauth)).status).toBe(503);
    expect((await ask(sandbox)).status).toBe(200);
  });

  it('end when they are spent or reset', async () => {
    const sandbox = await startWith({ kind: 'html', times: 1 });
    await ask(sandbox);
    expect(sandbox.faults()).toEqual([{ fault: { kind: 'html', times: 1 }, hits: 1 }]);
    expect((await askBody(sandbox)).warnings).toEqual([]);
    sandbox.setFaults([{ kind: 'empty' }]);
    sandbox.reset();
    expect(sandbox.faults()).toEqual([]);
  });
});

describe('the call log', () => {
  it('counts the calls that are pending together', async () => {
    const sandbox = await startWith({ kind: 'hang', times: 2 });
    const leaving = new AbortController();
    const answers = Promise.allSettled([1, 2].map(() => ask(sandbox, {}, { signal: leaving.signal })));
    await sandbox.until((calls) => calls.length === 2);
    await ask(sandbox);
    expect(sandbox.calls().map(({ concurrency }) => concurrency)).toEqual([1, 2, 3]);
    leaving.abort();
    await answers;
    await sandbox.until((calls) => calls.every(({ outcome }) => outcome !== 'pending'));
    await ask(sandbox);
    expect(sandbox.calls().at(-1)?.concurrency).toBe(1);
  });

  it('shows headers and the query as they were sent', async () => {
    const sandbox = await start();
    await ask(sandbox, { tillId: 'a b' }, { headers: { 'x-request-id': 'r-1' } });
    expect(sandbox.calls()).toMatchObject([
      {
        number: 1,
        method: 'GET',
        path: '/v2/pointsLedger/getCustomerLedgerBalance',
        query: { identifierName: 'mobile', identifierValue: '1', source: 'INSTORE', tillId: 'a b' },
        rawQuery: 'identifierName=mobile&identifierValue=1&source=INSTORE&tillId=a+b',
        headers: { 'x-request-id': 'r-1' },
        credential: 'basic:demo.till',
      },
    ]);
  });

  it('forgets the oldest calls and goes on counting', async () => {
    const members = [numberedMember('1', { ledger: numberedLedger(1) })];
    const sandbox = await start({ members, rememberedCalls: 2 });
    for (let call = 0; call < 7; call += 1) await ask(sandbox);
    expect(sandbox.calls().map(({ number }) => number)).toEqual([6, 7]);
    expect(sandbox.callCount()).toBe(7);
  });
});
