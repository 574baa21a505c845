/** A stop under full load, with a real process and a new connection for every request: no accepted request is lost. */
import { type ClientRequest, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { endpointOf, spawnGateway } from './main-process.ts';

const clients = 16;
const someone = '{ customer(identifier: { name: MOBILE, value: "447700900001" }) { userId } }';
const body = JSON.stringify({ query: someone });
const headers = { 'content-type': 'application/json', 'content-length': body.length };

/** The outcome of a request with a connection of its own: the status, or the code of the failure. */
const outcomeOf = (call: ClientRequest): Promise<number | string> =>
  new Promise((resolve) => {
    call.once('response', (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
      response.once('error', () => resolve('cut off'));
    });
    call.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
  });

/** Sends one request after another until one is not answered, and counts the outcomes. */
const askOn = async (endpoint: string, counts: Map<number | string, number>) => {
  for (let outcome: number | string = 200; outcome === 200; ) {
    outcome = await outcomeOf(request(endpoint, { method: 'POST', agent: false, headers }).end(body));
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
};

/** The statuses of `/readyz` until the port is closed. */
const watchReadiness = async (url: URL): Promise<readonly (number | string)[]> => {
  const seen: (number | string)[] = [];
  do seen.push(await outcomeOf(request(url, { agent: false }).end()));
  while (typeof seen.at(-1) === 'number');
  return seen.filter((outcome) => typeof outcome === 'number');
};

describe('SIGTERM under full load', () => {
  it('drops readiness first, answers every request that was accepted, and ends in time with 0', async () => {
    const shutdownTimeoutMs = 8000;
    const gateway = spawnGateway({
      ADMIN_PORT: '0',
      LOG_LEVEL: 'warn',
      SHUTDOWN_TIMEOUT_MS: String(shutdownTimeoutMs),
    });
    const endpoint = await endpointOf(gateway);
    const [, adminUrl = ''] = await gateway.said(/Operators {5}(http:\S+)\/metrics/);
    const counts = new Map<number | string, number>();
    const load = Promise.all(Array.from({ length: clients }, () => askOn(endpoint, counts)));
    await expect.poll(() => counts.get(200) ?? 0, { timeout: 20_000 }).toBeGreaterThan(5 * clients);

    const readiness = watchReadiness(new URL('/readyz', adminUrl));
    const before = counts.get(200) ?? 0;
    const startedAt = performance.now();
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(shutdownTimeoutMs);
    await load;
    expect([...counts.keys()].sort()).toEqual([200, 'ECONNREFUSED']);
    expect(counts.get('ECONNREFUSED')).toBe(clients);
    expect(counts.get(200)).toBeGreaterThan(before); // While it was unready, requests were still answered.
    expect((await readiness).at(-1)).toBe(503);
  });
});
