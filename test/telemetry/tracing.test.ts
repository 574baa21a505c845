/** Traces as OpenTelemetry's variables set them, and the one warning when they do not arrive. */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogFields } from '../../src/telemetry/log.ts';
import { startTracing } from '../../src/telemetry/tracing.ts';
import { type CollectorHealth, startCollector } from './collector.ts';
import { endedRequest } from './ended-query.ts';

const request = { method: 'POST', headers: new Headers() };

beforeEach(() => vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '1'));
afterEach(() => vi.unstubAllEnvs());

/** Starts traces with the variables that are set, and collects the warnings. */
function start() {
  const warnings: [LogFields, string][] = [];
  const log = { warn: (...line: [LogFields, string]) => void warnings.push(line) };
  const tracing = startTracing({ log, wallNow: Date.now, now: () => performance.now() });
  const traceOne = () => tracing.startRequest(request, 0).end({ ...endedRequest, operations: [] });
  return { tracing, warnings, traceOne };
}

/** A collector, and the variable that names it. */
async function startNamed(health?: CollectorHealth) {
  const collector = await startCollector(health);
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url);
  return collector;
}

describe('traces', () => {
  it('are sent without being asked for, under the service name that is set', async () => {
    const collector = await startNamed();
    vi.stubEnv('OTEL_SERVICE_NAME', 'balances');
    const { tracing, warnings, traceOne } = start();
    traceOne();
    await expect.poll(() => collector.spans()).toHaveLength(1);
    expect(collector.spans()[0]?.resource['service.name']).toBe('balances');
    await tracing.close(1000);
    expect(warnings).toEqual([]);
  });

  it('are not sent when the sampler takes none', async () => {
    const collector = await startNamed();
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_off');
    const { tracing, traceOne } = start();
    traceOne();
    await tracing.close(1000);
    expect(collector.posts).toEqual([]);
  });

  it('that still wait when tracing closes are sent, and later ones are not', async () => {
    const collector = await startNamed();
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '60000');
    const { tracing, traceOne } = start();
    traceOne();
    await tracing.close(1000);
    expect(collector.spans()).toHaveLength(1);
    traceOne();
    await tracing.close(1000);
    expect(collector.spans()).toHaveLength(1);
  });
});

describe('a warning', () => {
  it.each<[CollectorHealth, LogFields]>([
    ['crashing', { fault: 'Error ECONNRESET' }],
    ['refusing', { fault: 'OTLPExporterError', status: 403 }],
  ])('comes once from a %s collector', async (health, fields) => {
    const collector = await startNamed(health);
    vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '50');
    const { tracing, warnings, traceOne } = start();
    traceOne();
    await expect.poll(() => warnings).toHaveLength(1);
    const before = collector.posts.length;
    traceOne();
    await expect.poll(() => collector.posts.length).toBeGreaterThan(before);
    await tracing.close(1000);
    expect(warnings).toEqual([[fields, expect.stringMatching(/logged once$/)]]);
  });

  it('comes when tracing closes if a collector hangs, and closing takes no longer than its limit', async () => {
    await startNamed('hanging');
    vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '60000');
    const { tracing, warnings, traceOne } = start();
    traceOne();
    const startedAt = performance.now();
    await tracing.close(40);
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(warnings).toEqual([[{ fault: 'Error ETIMEDOUT' }, expect.any(String)]]);
  });

  it('names the variables that make no sense, and does not repeat their values', async () => {
    await startNamed();
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'never-shown');
    vi.stubEnv('OTEL_BSP_MAX_QUEUE_SIZE', 'never-shown');
    const { tracing, warnings } = start();
    expect(warnings).toEqual([
      [
        { variables: expect.arrayContaining(['OTEL_TRACES_SAMPLER', 'OTEL_BSP_MAX_QUEUE_SIZE']) },
        expect.any(String),
      ],
    ]);
    expect(JSON.stringify(warnings)).not.toContain('never-shown');
    await tracing.close(1000);
  });
});
