/**
 * Traces of a gateway that runs as a process: what arrives at a collector, what happens when the collector fails, and that
 * nothing is loaded unless traces are switched on.
 */

import { describe, expect, it } from 'vitest';
import { demoCredentials } from '../src/sandbox/endpoint/credentials.ts';
import { startSandbox } from '../src/sandbox/server.ts';
import { endpointOf, type GatewayProcess, post, spawnGateway } from './main-process.ts';
import { numberedLedger, numberedMember } from './sandbox/numbered-ledger.ts';
import { type CollectorHealth, startCollector } from './telemetry/collector.ts';

const mobile = '447700955512';
const someone = `query Someone { customer(identifier: { name: MOBILE, value: "${mobile}" }) { ledgerBalance(first: 12) { nodes { closingBalance } } } }`;
const member = numberedMember(mobile, { ledger: numberedLedger(12) });

/** Makes the import of the bundle's file for traces fail: it alone has OpenTelemetry's SDK and exporter. */
const withoutLibraries = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    export function resolve(specifier, context, next) {
      if (/\\\\/tracing-[A-Z0-9]+[.]js$/.test(specifier)) throw new Error('loaded ' + specifier);
      return next(specifier, context);
    }\`));
`)}`;

const stop = async (gateway: GatewayProcess) => {
  const startedAt = performance.now();
  gateway.kill('SIGTERM');
  return [await gateway.ended, performance.now() - startedAt] as const;
};

const logLines = ({ stdout }: GatewayProcess) =>
  stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

describe('a gateway with a collector', () => {
  it('sends the spans of its operations, at the latest when it stops, without personal data', async () => {
    const collector = await startCollector();
    const sandbox = await startSandbox({ members: [member] });
    const gateway = spawnGateway({
      NODE_ENV: 'production',
      ID_SECRET: 'a secret for tests that is long enough',
      UPSTREAM_URL: sandbox.url,
      UPSTREAM_BASIC_USER: demoCredentials.basic.user,
      UPSTREAM_BASIC_PASSWORD: demoCredentials.basic.password,
      ALLOW_ANONYMOUS: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=seven',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=tests',
    });
    expect((await post(await endpointOf(gateway), someone)).status).toBe(200);
    expect((await stop(gateway))[0]).toBe(0);

    expect(collector.posts.map(({ path, headers }) => [path, headers['x-tenant']])).toEqual([
      ['/v1/traces', 'seven'],
    ]);
    const spans = collector.spans();
    const [server] = spans.filter(({ kind }) => kind === 2);
    const calls = spans.filter(({ kind }) => kind === 3);
    expect(spans).toHaveLength(3);
    expect(server).toMatchObject({ name: 'query', parentSpanId: '' });
    expect(server?.attributes).toMatchObject({
      'graphql.operation.name': 'Someone',
      'ledger_gateway.calls.made': 2,
    });
    expect(server?.resource).toMatchObject({
      'service.name': 'ledger-balance-gateway',
      'service.instance.id': expect.stringMatching(/^[\w-]{36}$/),
      'deployment.environment.name': 'tests',
    });
    expect(calls.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual(
      [1, 2].map(() => [server?.traceId, server?.spanId]),
    );
    const arrived = sandbox.calls().map(({ headers }) => headers['traceparent']);
    expect(arrived.sort()).toEqual(calls.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`).sort());
    const sent = Buffer.concat(collector.posts.map(({ body }) => body)).toString('latin1');
    const { user, password } = demoCredentials.basic;
    const secrets = [mobile, user, password, Buffer.from(`${user}:${password}`).toString('base64')];
    for (const secret of secrets) expect(sent).not.toContain(secret);
    expect(logLines(gateway).find(({ msg }) => msg === 'listening')).toMatchObject({
      tracesTo: new URL(collector.url).host,
    });
    expect(sandbox.callCount()).toBe(2);
    await sandbox.close();
  });

  it.each<CollectorHealth>(['hanging', 'crashing', 'refusing'])(
    'that is %s does not disturb the gateway, which warns once and stops in time',
    async (health) => {
      const collector = await startCollector(health);
      const shutdownTimeoutMs = 3000;
      const gateway = spawnGateway({
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_TIMEOUT: '100',
        OTEL_BSP_SCHEDULE_DELAY: '10',
        OTEL_BSP_MAX_QUEUE_SIZE: '4',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2',
        SHUTDOWN_TIMEOUT_MS: String(shutdownTimeoutMs),
      });
      const endpoint = await endpointOf(gateway);
      for (let asked = 0; asked < 20; asked += 1) expect((await post(endpoint, someone)).status).toBe(200);
      await gateway.said(/spans do not reach/);
      await expect.poll(() => collector.posts.length).toBeGreaterThan(1);
      const [code, tookMs] = await stop(gateway);
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(shutdownTimeoutMs);
      const warnings = logLines(gateway).filter(({ level }) => level !== 'info');
      expect(warnings).toEqual([expect.objectContaining({ level: 'warn', fault: expect.any(String) })]);
      expect(gateway.stdout() + gateway.stderr()).not.toMatch(/tenant-7/);
      expect(gateway.stderr()).toBe('');
    },
  );
});

describe('a gateway that stops before its spans are sent', () => {
  it('gives a hanging collector some of the time that is left, and ends in time', async () => {
    const collector = await startCollector('hanging');
    const shutdownTimeoutMs = 1500;
    const gateway = spawnGateway({
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      SHUTDOWN_TIMEOUT_MS: String(shutdownTimeoutMs),
    });
    expect((await post(await endpointOf(gateway), someone)).status).toBe(200);
    const [code, tookMs] = await stop(gateway);
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(shutdownTimeoutMs);
    expect(collector.spans()).toHaveLength(2);
    const warnings = logLines(gateway).filter(({ level }) => level !== 'info');
    expect(warnings).toEqual([expect.objectContaining({ level: 'warn', fault: 'Error ETIMEDOUT' })]);
  });
});

describe('a gateway without one', () => {
  const started = (env: Readonly<Record<string, string>>) =>
    spawnGateway({ NODE_OPTIONS: `--import=${withoutLibraries}`, ...env });

  it('does not load the libraries for traces', async () => {
    const gateway = started({});
    expect((await post(await endpointOf(gateway), someone)).status).toBe(200);
    expect((await stop(gateway))[0]).toBe(0);
    expect(gateway.stdout()).not.toContain('Traces');
  });

  it('differs in this from one with a collector, which cannot start without them', async () => {
    const gateway = started({ OTEL_TRACES_EXPORTER: 'otlp' });
    expect(await gateway.ended).toBe(1);
    expect(gateway.stderr()).toMatch(/loaded \S*\/tracing-/);
  });
});
