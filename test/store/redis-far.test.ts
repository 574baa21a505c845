/** Two gateways at a Redis that is far away, or where the other one has learnt something. */
import { describe, expect, it } from 'vitest';
import { errorsOf } from '../gateway/client-form.ts';
import { startHarness } from '../gateway/harness.ts';
import { byMobile } from '../gateway/members.ts';
import { balances } from '../operations.ts';
import { numberedLedger, numberedMember } from '../sandbox/numbered-ledger.ts';
import { startRedis } from './redis-server.ts';
import { startRelay } from './relay.ts';

const mobiles = Array.from({ length: 200 }, (_, index) => `4477009${String(index).padStart(5, '0')}`);
const members = mobiles.map((mobile) => numberedMember(mobile, { ledger: numberedLedger(3) }));

describe('a Redis 100 ms away', () => {
  it('serves all callers in time, because one question asks for all their permits', {
    timeout: 20_000,
  }, async () => {
    const redis = await startRedis();
    const { url } = await startRelay(redis.url, 50);
    const harness = await startHarness(
      { members },
      {
        REDIS_URL: url,
        REPLICAS: '2',
        UPSTREAM_CALLS_PER_MINUTE: '1000',
        UPSTREAM_MAX_CONCURRENCY: '32',
        OPERATION_TIMEOUT_MS: '10000',
      },
    );
    const answers = await Promise.all(
      mobiles.map((mobile) => harness.ask(balances, { identifier: byMobile(mobile), first: 3 })),
    );
    expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([]);
    expect(harness.sandbox.callCount()).toBe(200);
    const readiness = await harness.gateway.fetch(new Request('http://gateway.test/readyz'));
    expect((await readiness.json()).parts.sharing).toBe('shared'); // Redis gave the permits.
  });
});

describe('a 429 that another replica got', () => {
  it('refuses waiting calls within about a second when no permit can come in time any more', async () => {
    const { url } = await startRedis();
    const env = { REDIS_URL: url, REPLICAS: '2', OPERATION_TIMEOUT_MS: '8000', UPSTREAM_RETRIES: '0' };
    const one = await startHarness({ members }, env);
    const two = one.restart(env);
    const [first = '', second = '', third = ''] = mobiles;
    const ask = ({ ask }: Pick<typeof one, 'ask'>, mobile: string) =>
      ask(balances, { identifier: byMobile(mobile), first: 3 });
    // The one in flight learns late of a longer block than that for which the other waits.
    one.sandbox.setFaults([
      { kind: 'latency', ms: 500, identifierValue: first },
      { kind: 'rate-limited', retryAfter: 30, identifierValue: first },
      { kind: 'rate-limited', retryAfter: 5, identifierValue: second },
    ]);
    const late = ask(one, first);
    await one.sandbox.until(({ length }) => length === 1);
    expect(errorsOf(await ask(two, second))).toEqual([['RATE_LIMITED', 'customer']]);
    const startedAt = performance.now();
    const waiting = ask(two, third);
    expect(errorsOf(await late)).toEqual([['RATE_LIMITED', 'customer']]);
    const { errors } = await waiting;
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
    expect(Number(errors?.[0]?.extensions?.['retryAfter'])).toBeGreaterThan(25);
    expect(performance.now() - startedAt).toBeLessThan(4000);
    expect(one.sandbox.callCount()).toBe(2);
  });
});
