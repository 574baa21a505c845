/** Overload of the real process: it refuses what it cannot serve, answers its probes, and serves all again afterwards. */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { endpointOf, post, spawnGateway } from './main-process.ts';

/** Much work without an upstream call: the client must not be busier than the gateway. */
const query = '{ __schema { types { fields { name type { ofType { name } } } } } }';
const body = JSON.stringify(Array.from({ length: 3 }, () => ({ query })));
const headers = { 'content-type': 'application/json', 'content-length': body.length };

/** Sends one request after another until `isOver`, and counts the statuses. */
const askOn = async (
  endpoint: string,
  agent: Agent,
  counts: Map<number, number>,
  isOver: () => boolean,
): Promise<void> => {
  while (!isOver()) {
    const status = await new Promise<number>((resolve, reject) => {
      const call = request(endpoint, { method: 'POST', agent, headers }, (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      });
      call.once('error', reject).end(body);
    });
    counts.set(status, (counts.get(status) ?? 0) + 1);
    if (status === 503) await delay(50); // Even a client that retries sooner than `Retry-After` says.
  }
};

it('a saturated process answers every request with 200 or 503, answers its probes, and serves all afterwards', {
  timeout: 60_000,
}, async () => {
  const gateway = spawnGateway({ OVERLOAD_LOOP_DELAY_MS: '50', LOG_LEVEL: 'warn' });
  const endpoint = await endpointOf(gateway);
  const agent = new Agent({ keepAlive: true });
  const counts = new Map<number, number>();
  let isOver = false;
  const clients = Array.from({ length: 100 }, () => askOn(endpoint, agent, counts, () => isOver));
  await expect.poll(() => counts.get(503) ?? 0, { timeout: 20_000 }).toBeGreaterThan(50);
  const probe = await fetch(new URL('/livez', endpoint));
  expect(probe.status).toBe(200);
  isOver = true;
  await Promise.all(clients);
  agent.destroy();
  expect([...counts.keys()].sort()).toEqual([200, 503]);
  await expect.poll(async () => (await post(endpoint, '{ __typename }')).status).toBe(200);
  gateway.kill('SIGTERM');
  expect(await gateway.ended).toBe(0);
});
