/** The stop: what a signal does to open requests, and the exit code. */

import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { endpointOf, post, spawnGateway } from './main-process.ts';

const someone = '{ customer(identifier: { name: MOBILE, value: "1" }) { userId } }';
const refusal = JSON.stringify({ errors: [{ status: false, code: 8015, message: 'none' }] });

/** An upstream that answers a call when the test does. */
const startHeldUpstream = async () => {
  const calls: ServerResponse[] = [];
  const server = createServer((_, response) => {
    calls.push(response);
    server.emit('call');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  upstreams.push(server);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, calls, called: () => once(server, 'call') };
};

const upstreams: ReturnType<typeof createServer>[] = [];
afterEach(() => {
  for (const upstream of upstreams.splice(0)) upstream.close().closeAllConnections();
});

/** A gateway with one open request. */
const startBusy = async (env: Readonly<Record<string, string>> = {}) => {
  const upstream = await startHeldUpstream();
  const gateway = spawnGateway({ UPSTREAM_URL: upstream.url, ...env });
  const endpoint = await endpointOf(gateway);
  const called = upstream.called();
  const answer = post(endpoint, someone).catch(() => 'cut off');
  await called;
  return { gateway, endpoint, answer, upstream };
};

const isRefused = (endpoint: string) =>
  post(endpoint, '{ __typename }').then(
    () => false,
    () => true,
  );

describe('a signal', () => {
  it.each([
    ['SIGTERM', 'the process'],
    ['SIGINT', 'the process'],
    ['SIGTERM', 'its group'],
  ] as const)(
    '%s to %s: the open request is answered, then the process ends with 0',
    async (signal, target) => {
      const { gateway, endpoint, answer, upstream } = await startBusy();
      process.kill(target === 'its group' ? -gateway.pid : gateway.pid, signal);
      await expect.poll(() => isRefused(endpoint)).toBe(true);
      upstream.calls[0]?.writeHead(400).end(refusal);
      const response = await answer;
      expect(response).toHaveProperty('status', 200);
      expect(await (response as Response).json()).toEqual({ data: { customer: null } });
      expect(await gateway.ended).toBe(0);
      expect(upstream.calls).toHaveLength(1);
      expect(gateway.stdout()).toMatch(
        /"signal":"SIG(TERM|INT)","msg":"stopping".*"unanswered":0,"msg":"stopped"/s,
      );
    },
  );

  it('drops readiness while requests are still accepted', async () => {
    const { gateway, endpoint, answer, upstream } = await startBusy();
    const ready = () => fetch(new URL('/readyz', endpoint)).then(({ status }) => status);
    expect(await ready()).toBe(200);
    gateway.kill('SIGTERM');
    let status = 200;
    while (status === 200) status = await ready();
    expect(status).toBe(503);
    upstream.calls[0]?.writeHead(400).end(refusal);
    expect(await answer).toHaveProperty('status', 200);
    expect(await gateway.ended).toBe(0);
    expect(upstream.calls).toHaveLength(1);
  });

  it('cuts off what cannot be answered within SHUTDOWN_TIMEOUT_MS, such as half a request, and ends with 1', async () => {
    const { gateway, endpoint, answer, upstream } = await startBusy({ SHUTDOWN_TIMEOUT_MS: '1500' });
    const headers = { 'content-type': 'application/json', 'content-length': 2, expect: '100-continue' };
    const half = request(endpoint, { method: 'POST', headers });
    const cutOff = once(half, 'error');
    half.flushHeaders();
    await once(half, 'continue'); // By now the gateway has it, but for its body.
    gateway.kill('SIGTERM');
    await cutOff;
    expect(await answer).toHaveProperty('status', 200);
    expect(await gateway.ended).toBe(1);
    expect(gateway.stdout()).toContain('"unanswered":1');
    expect(upstream.calls).toHaveLength(1);
  });

  it('a second time ends the process at once, with 1', async () => {
    const { gateway, answer, upstream } = await startBusy({ SHUTDOWN_TIMEOUT_MS: '600000' });
    gateway.kill('SIGINT');
    await gateway.said(/"msg":"stopping"/);
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toBe(1);
    expect(await answer).toBe('cut off');
    expect(upstream.calls).toHaveLength(1);
  });
});
