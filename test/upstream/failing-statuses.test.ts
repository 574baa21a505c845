/** Statuses on the wire: which calls are tried again, when, and what is told of the others. */

import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { pageRequest, successBody } from './bodies.ts';
import { callerWith, type FakeUpstream, noSignal, startClient, startUpstream } from './fake-upstream.ts';

/** Answers the first call with this status, and every other with a page. */
const failingOnce = async (
  status: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<FakeUpstream> => {
  const upstream = await startUpstream((_, response) => {
    if (upstream.calls.length === 1) response.writeHead(status, headers).end();
    else response.end(JSON.stringify(successBody()));
  });
  return upstream;
};

/** What one call came to, which may be tried three times, and how long that took, in milliseconds. */
const callOnce = async (upstream: FakeUpstream, leftMs = 20_000) => {
  const client = startClient(upstream.url, { retry: { retries: 2, random: () => 0 } });
  const startedAt = performance.now();
  const deadlineAt = startedAt + leftMs;
  const outcome = await client
    .forCaller(callerWith({ deadlineAt }))(pageRequest(), noSignal())
    .then(
      () => 'page',
      (error: unknown) => (error instanceof GatewayError ? error : Promise.reject(error)),
    );
  return { outcome, tookMs: performance.now() - startedAt };
};

describe('a call that is answered', () => {
  it.each([408, 425, 500, 502, 503, 504])('%i is tried again', async (status) => {
    const upstream = await failingOnce(status);
    expect((await callOnce(upstream)).outcome).toBe('page');
    expect(upstream.calls).toHaveLength(2);
  });

  it.each([301, 308, 400, 404, 405, 410, 413, 414, 421, 431, 451])(
    '%i without a code is refused, and not tried again',
    async (status) => {
      const upstream = await failingOnce(status);
      const { outcome } = await callOnce(upstream);
      expect(outcome).toMatchObject({ code: 'UPSTREAM_REJECTED', details: {} });
      expect(outcome).toMatchObject({ message: expect.stringContaining(`status ${status}`) });
      expect(upstream.calls).toHaveLength(1);
    },
  );

  it.each([501, 505, 511])('%i has failed, and is not tried again', async (status) => {
    const upstream = await failingOnce(status);
    expect((await callOnce(upstream)).outcome).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(upstream.calls).toHaveLength(1);
  });

  it.each([301, 302, 307, 308])('%i says that no redirect is followed', async (status) => {
    const upstream = await failingOnce(status, { location: 'http://elsewhere.invalid' });
    const { outcome } = await callOnce(upstream);
    expect(outcome).toMatchObject({
      message: expect.stringContaining('a redirect, which is never followed'),
    });
    expect(outcome).not.toMatchObject({ message: expect.stringContaining('elsewhere') });
    expect(upstream.calls).toHaveLength(1);
  });
});

describe('Retry-After', () => {
  const date = 'Sun, 22 Nov 2026 00:00:00 GMT';
  const aSecondLater = 'Sun, 22 Nov 2026 00:00:01 GMT';

  it.each([
    [503, { 'retry-after': '1' }],
    [500, { date, 'retry-after': aSecondLater }],
    [408, { 'retry-after': '1' }],
    [425, { 'retry-after': '1' }],
  ])('of %i is waited out: %j', async (status, headers) => {
    const upstream = await failingOnce(status, headers);
    const { outcome, tookMs } = await callOnce(upstream);
    expect(outcome).toBe('page');
    expect(tookMs).toBeGreaterThanOrEqual(1000);
    expect(upstream.calls).toHaveLength(2);
  });

  it.each(['3', 'Sun, 22 Nov 2026 00:00:03 GMT'])(
    'beyond the deadline ends the call at once, without another one: %s',
    async (retryAfter) => {
      const upstream = await failingOnce(503, { date, 'retry-after': retryAfter });
      const { outcome, tookMs } = await callOnce(upstream, 2900);
      expect(outcome).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', details: { retryAfter: 3 } });
      expect(tookMs).toBeLessThan(1000);
      expect(upstream.calls).toHaveLength(1);
    },
  );
});
