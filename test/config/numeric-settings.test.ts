/** Every number that a setting takes gives a gateway that starts and answers. */

import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config/settings.ts';
import { startHarness } from '../gateway/harness.ts';

/** The least and the greatest value of every numeric setting. */
const bounds = Object.entries(settings).flatMap(([name, { takes }]) => {
  const [, min, max] = /^a whole number from (\d+) to (\d+)$/.exec(takes) ?? [];
  return min === undefined || max === undefined ? [] : [[name, min] as const, [name, max] as const];
});

/** Settings without which others have no effect. */
const others = { UPSTREAM_CALLS_PER_MINUTE: '100', CACHE_TTL_SECONDS: '60' };

describe('numeric settings', () => {
  it('are found', () => {
    expect(bounds.length).toBeGreaterThan(50);
  });

  it.each(bounds)('start a gateway with %s=%s', async (name, value) => {
    const { gateway, post, sandbox } = await startHarness({}, { ...others, [name]: value });
    const answer = await post({ query: '{ customer(identifier: { name: MOBILE, value: "1" }) { userId } }' });
    expect(await answer.json()).toSatisfy((body: object) => 'data' in body || 'errors' in body);
    expect((await gateway.fetch(new Request('http://gateway.test/livez'))).status).toBe(200);
    expect(sandbox.callCount()).toBeLessThanOrEqual(1);
  });
});
