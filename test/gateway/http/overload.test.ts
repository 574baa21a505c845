/** Overload: requests are refused early, and served again later. Probes and requests that have begun are not affected. */
import { get } from 'node:http';
import { describe, expect, it } from 'vitest';
import { heapPercentOf } from '../../../src/gateway/http/overload.ts';
import { type Harness, startHarness } from '../harness.ts';
import { jsonPost, serve } from '../listening.ts';
import { threeMembers } from '../members.ts';
import { scrape } from '../scrape.ts';

const calm = { loopDelayMs: 0, heapPercent: 20 };
const late = { ...calm, loopDelayMs: 600 };
const full = { ...calm, heapPercent: 95 };

const requestId = '0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b';

const body = (value: number) =>
  JSON.stringify({ query: `{ customer(identifier: { name: MOBILE, value: "${value}" }) { userId } }` });

/** A gateway on a socket with so many requests in flight, none of which is answered before `release`. */
const start = async (inFlight: number, env: Readonly<Record<string, string>> = {}) => {
  const clock = { now: 0 };
  const harness = await startHarness({ members: threeMembers }, env, { now: () => clock.now });
  const { sandbox, gateway } = harness;
  const url = await serve(harness);
  sandbox.setFaults([{ kind: 'hang' }]);
  const leave = new AbortController();
  const answers = Array.from({ length: inFlight }, (_, n) => {
    const headers = { ...jsonPost.headers, 'x-forwarded-for': `198.51.100.${n % 2}` };
    return fetch(url, { ...jsonPost, headers, body: body(n), signal: leave.signal }).catch(() => undefined);
  });
  await sandbox.until(({ length }) => length === inFlight);
  const ask = (headers = {}) =>
    fetch(url, {
      method: 'POST',
      body: '{"query":"{ __typename }"}',
      headers: { 'content-type': 'application/json', ...headers },
    });
  /** Reports this load so many times, each time as late as it says. */
  const live = (load: typeof calm, times: number) => {
    for (let time = 0; time < times; time += 1) {
      clock.now += 100 + load.loopDelayMs;
      gateway.reportLoad(load);
    }
  };
  /** Asks as often as is served whatever the load, and once more; the last status. */
  const askOften = async () => {
    for (let n = 0; n < 8; n += 1) expect((await ask()).status).toBe(200);
    return (await ask()).status;
  };
  const release = async () => {
    leave.abort();
    await Promise.all(answers);
  };
  return { ...harness, url, ask, askOften, live, release };
};

const shed = async (harness: Pick<Harness, 'gateway'>, reason: string) =>
  (await scrape(harness.gateway)).get(`ledger_gateway_requests_shed_total{reason="${reason}"}`);

describe('a request while the event loop stays late', () => {
  it('is OVERLOADED with a time to wait, its id, a log line and a count, and without a call', async () => {
    const harness = await start(1);
    harness.live(late, 4);
    for (let n = 0; n < 8; n += 1) expect((await harness.ask()).status).toBe(200);
    const response = await harness.ask({ 'x-request-id': requestId });
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'retry-after': '2',
      'x-request-id': requestId,
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'There is more to do than this gateway can do at once',
          extensions: { code: 'OVERLOADED', retryable: true, retryAfter: 2 },
        },
      ],
    });
    expect(harness.logLines).toContainEqual(
      expect.objectContaining({ requestId, status: 503, overload: 'loop-delay', upstreamCalls: 0 }),
    );
    expect(await shed(harness, 'loop-delay')).toBe(1);
    expect(
      (await scrape(harness.gateway)).get('ledger_gateway_operation_errors_total{code="OVERLOADED"}'),
    ).toBe(1);
    await harness.release();
    expect(harness.sandbox.callCount()).toBe(1);
  });

  it('is served if it is for probes or metrics', async () => {
    const { url, askOften, live, sandbox, release } = await start(1);
    live(late, 4);
    expect(await askOften()).toBe(503);
    for (const path of ['/livez', '/readyz?x', '/metrics']) {
      expect((await fetch(new URL(path, url))).status, path).toBe(200);
    }
    expect(sandbox.callCount()).toBe(1);
    await release();
  });

  it('is served if it is for a probe in the form that is sent to proxies', async () => {
    const { url, askOften, live, sandbox, release } = await start(1);
    live(late, 4);
    expect(await askOften()).toBe(503);
    const status = await new Promise((resolve) => {
      get(url, { path: 'http://gateway.test/livez' }, (answer) => resolve(answer.resume().statusCode));
    });
    expect(status).toBe(200);
    expect(sandbox.callCount()).toBe(1);
    await release();
  });

  it('is served if it is one of the first eight between two reports', async () => {
    const { askOften, live, sandbox, release } = await start(1);
    for (let report = 0; report < 5; report += 1) {
      live(late, 4);
      expect(await askOften()).toBe(503);
    }
    expect(sandbox.callCount()).toBe(1);
    await release();
  });
});

describe('a request is served', () => {
  it('after one long turn, and between rare long turns', async () => {
    const { askOften, live, sandbox, release } = await start(1);
    for (let round = 0; round < 10; round += 1) {
      live(late, 1);
      expect(await askOften()).toBe(200);
      live(calm, 10);
    }
    await release();
    expect(sandbox.callCount()).toBe(1);
  });

  it('again after the loop has been on time for about a second, and not before', async () => {
    const { askOften, live, sandbox, release } = await start(1);
    live({ ...late, loopDelayMs: 60_000 }, 1);
    live(calm, 12);
    expect(await askOften()).toBe(503);
    live(calm, 3);
    expect(await askOften()).toBe(200);
    await release();
    expect(sandbox.callCount()).toBe(1);
  });

  it('not between two long turns that follow each other', async () => {
    const { askOften, live, sandbox, release } = await start(1);
    for (let round = 0; round < 4; round += 1) {
      live({ ...late, loopDelayMs: 2000 }, 1);
      live(calm, 2);
    }
    expect(await askOften()).toBe(503);
    await release();
    expect(sandbox.callCount()).toBe(1);
  });
});

describe('how full the heap is', () => {
  const spaces = [
    { space_name: 'old_space', space_used_size: 60 },
    { space_name: 'large_object_space', space_used_size: 21 },
    { space_name: 'new_space', space_used_size: 9 },
    { space_name: 'new_large_object_space', space_used_size: 4 },
  ];

  it('is judged by old objects alone, because a full old space ends the process', () => {
    expect(heapPercentOf(spaces, { heapBytes: 120, semiSpaceBytes: 10 })).toBe(90);
  });
});

describe('a request while the heap is nearly full', () => {
  it('is OVERLOADED until a tenth of the heap is free again', async () => {
    const harness = await start(8);
    harness.live(full, 1);
    expect((await harness.ask()).status).toBe(503);
    harness.live({ ...full, heapPercent: 81 }, 1);
    expect((await harness.ask()).status).toBe(503);
    harness.live({ ...full, heapPercent: 79 }, 1);
    expect((await harness.ask()).status).toBe(200);
    expect(await shed(harness, 'heap')).toBe(2);
    await harness.release();
    expect(harness.sandbox.callCount()).toBe(8);
  });

  it('is served while fewer than eight are in flight, because only work frees the heap', async () => {
    const { askOften, live, sandbox, release } = await start(7);
    live(full, 10);
    expect(await askOften()).toBe(200);
    await release();
    expect(sandbox.callCount()).toBe(7);
  });
});

describe('a request beyond MAX_REQUESTS_IN_FLIGHT', () => {
  it('is OVERLOADED until another request has ended', async () => {
    const harness = await start(10, { MAX_REQUESTS_IN_FLIGHT: '10', TRUSTED_PROXIES: '1' });
    expect((await harness.ask()).status).toBe(503);
    expect(await shed(harness, 'in-flight')).toBe(1);
    await harness.release();
    await expect.poll(async () => (await harness.ask()).status).toBe(200);
    expect(harness.sandbox.callCount()).toBe(10);
  });
});
