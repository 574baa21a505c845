/** ADMIN_PORT: metrics and detailed readiness have a port of their own, and the public port has no more than it needs. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { endpointOf, spawnGateway } from './main-process.ts';

const read = async (url: URL) => {
  const response = await fetch(url);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};

describe('ADMIN_PORT', () => {
  it('has metrics and detailed readiness, which the public port then does not have', async () => {
    const gateway = spawnGateway({ ADMIN_PORT: '0' });
    const endpoint = await endpointOf(gateway);
    const [, adminUrl = ''] = await gateway.said(/Operators {5}(http:\S+)\/metrics/);
    const onAdmin = (path: string) => read(new URL(path, adminUrl));
    const onMain = (path: string) => read(new URL(path, endpoint));

    expect((await onMain('/metrics')).status).toBe(404);
    expect((await onMain('/readyz')).text).toBe('{"status":"ready"}');
    expect((await onMain('/livez')).status).toBe(200);
    const metrics = await onAdmin('/metrics');
    expect(metrics.type).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(metrics.text).toContain('\nprocess_cpu_seconds_total ');
    expect(metrics.text).toContain('\nnodejs_eventloop_lag_p99_seconds ');
    const readiness = await onAdmin('/readyz?x');
    expect(JSON.parse(readiness.text)).toMatchObject({ status: 'ready', parts: { traffic: 'taken' } });
    expect((await onAdmin('/livez')).status).toBe(200);
    expect((await onAdmin('/graphql')).status).toBe(404);
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
  });

  it('does not delay the stop for a request that is never sent whole', async () => {
    const shutdownTimeoutMs = 20_000;
    const gateway = spawnGateway({ ADMIN_PORT: '0', SHUTDOWN_TIMEOUT_MS: String(shutdownTimeoutMs) });
    const [, adminPort] = await gateway.said(/Operators {5}http:\S+:(\d+)\/metrics/);
    const operator = connect(Number(adminPort), '127.0.0.1');
    operator.write('GET /metrics HTTP/1.1\r\nHost: h\r\n\r\nGET /metr');
    await once(operator, 'data'); // By now the gateway has read everything.
    const startedAt = performance.now();
    gateway.kill('SIGTERM');
    expect(await gateway.ended).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(shutdownTimeoutMs / 4);
  });

  it('is named by the problem when it is taken', async () => {
    const first = spawnGateway();
    const { port } = new URL(await endpointOf(first));
    const second = spawnGateway({ ADMIN_PORT: port });
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toMatch(new RegExp(`^Cannot listen on .*${port}: it is taken; set ADMIN_PORT `));
  });
});
