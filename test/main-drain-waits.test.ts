/** A stop while requests wait for what does not come in time: their clients get a coded error, well before the cut-off. */

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { endpointOf, type GatewayProcess, post, spawnGateway } from './main-process.ts';

const shutdownTimeoutMs = 2000;
const someone = (value: string) => `{ customer(identifier: { name: MOBILE, value: "${value}" }) { userId } }`;
const refusal = JSON.stringify({ errors: [{ status: false, code: 8015, message: 'none' }] });

/** An upstream that counts its calls. */
const startUpstream = async (answer: (response: ServerResponse) => void) => {
  const upstream = { url: '', calls: 0 };
  const server = createServer((_, response) => {
    upstream.calls += 1;
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  upstream.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return upstream;
};

const start = async (url: string, env: Readonly<Record<string, string>> = {}) => {
  const gateway = spawnGateway({
    UPSTREAM_URL: url,
    SHUTDOWN_TIMEOUT_MS: String(shutdownTimeoutMs),
    OPERATION_TIMEOUT_MS: '600000',
    UPSTREAM_TIMEOUT_MS: '600000',
    ...env,
  });
  return { gateway, endpoint: await endpointOf(gateway) };
};

/** The error code that a client gets, or how its request ended without one. */
const codeOf = async (asked: Promise<Response>): Promise<string> => {
  try {
    const { errors } = (await (await asked).json()) as { errors: { extensions: { code: string } }[] };
    return errors.map(({ extensions }) => extensions.code).join();
  } catch (error) {
    return `no answer: ${error}`;
  }
};

/** Stops a gateway. Returns its exit code, and whether it ended in time. */
const stop = async (gateway: GatewayProcess) => {
  const startedAt = performance.now();
  gateway.kill('SIGTERM');
  const code = await gateway.ended;
  return { code, isInTime: performance.now() - startedAt < shutdownTimeoutMs };
};

describe('SIGTERM while a request waits', () => {
  it('for an upstream that hangs: it gets UPSTREAM_TIMEOUT, and the process ends in time with 0', async () => {
    const upstream = await startUpstream(() => undefined);
    const { gateway, endpoint } = await start(upstream.url);
    const code = codeOf(post(endpoint, someone('1')));
    await expect.poll(() => upstream.calls).toBe(1);
    expect(await stop(gateway)).toEqual({ code: 0, isInTime: true });
    expect(await code).toBe('UPSTREAM_TIMEOUT');
    expect(gateway.stdout()).toContain('"unanswered":0');
    expect(upstream.calls).toBe(1);
  });

  it('for the budget: it gets RATE_LIMITED, and the process ends in time with 0', async () => {
    const upstream = await startUpstream((response) => response.writeHead(400).end(refusal));
    const { gateway, endpoint } = await start(upstream.url, { UPSTREAM_CALLS_PER_MINUTE: '1' });
    expect((await post(endpoint, someone('1'))).status).toBe(200);
    const code = codeOf(post(endpoint, someone('2')));
    const metrics = async () => (await fetch(new URL('/metrics', endpoint))).text();
    await expect.poll(metrics).toMatch(/calls_waiting\{for="budget"\} 1/);
    expect(await stop(gateway)).toEqual({ code: 0, isInTime: true });
    expect(await code).toBe('RATE_LIMITED');
    expect(upstream.calls).toBe(1);
  });
});
