/** Which headers of an answer the client reads: those that say when to come again. */

import { describe, expect, it } from 'vitest';
import { pageRequest } from '../bodies.ts';
import { noSignal, startFetchPage, startUpstream } from '../fake-upstream.ts';

describe('an answer', () => {
  it('of 429 carries the seconds to wait, a date held against that of the answer or the clock given', async () => {
    const upstream = await startUpstream((_, response) => {
      response.sendDate = false;
      if (upstream.calls.length > 1) response.setHeader('date', 'Sun, 22 Nov 2026 00:00:05 GMT');
      response.writeHead(429, { 'retry-after': 'Sun, 22 Nov 2026 00:00:12 GMT' }).end();
    });
    for (const retryAfter of [12, 7]) {
      await expect(startFetchPage(upstream.url)(pageRequest(), noSignal())).rejects.toMatchObject({
        code: 'RATE_LIMITED',
        details: { retryAfter },
      });
    }
    expect(upstream.calls).toHaveLength(2);
  });

  it('of 429 with two Retry-After headers goes by the first', async () => {
    const upstream = await startUpstream((_, response) => {
      response.writeHead(429, [
        ['retry-after', '3'],
        ['retry-after', '9'],
      ]);
      response.end();
    });
    await expect(startFetchPage(upstream.url)(pageRequest(), noSignal())).rejects.toMatchObject({
      details: { retryAfter: 3 },
    });
    expect(upstream.calls).toHaveLength(1);
  });
});
