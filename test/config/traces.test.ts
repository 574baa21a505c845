/** When requests are traced, by OpenTelemetry's variables, and the warnings about values that make no sense. */

import { describe, expect, it } from 'vitest';
import { decideTraces } from '../../src/config/traces.ts';

const endpoint = 'http://collector:4318';

describe('traces', () => {
  it.each([
    ['no variable', {}],
    ['empty ones', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ', OTEL_TRACES_EXPORTER: '' }],
    ['what does not concern them', { OTEL_SERVICE_NAME: 'gateway', OTEL_METRICS_EXPORTER: 'otlp' }],
    ['OTEL_SDK_DISABLED', { OTEL_SDK_DISABLED: 'True', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }],
    ['OTEL_TRACES_EXPORTER=none', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }],
  ])('are off with %s', (_, env) => {
    expect(decideTraces(env)).toEqual({ tracesTo: undefined, warnings: [] });
  });

  it.each([
    ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, 'collector:4318'],
    [
      'one for traces, which goes before',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces/x', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
      'traces',
    ],
    ['the exporter alone, at its usual place', { OTEL_TRACES_EXPORTER: 'otlp' }, 'localhost:4318'],
    ['the exporter among others', { OTEL_TRACES_EXPORTER: 'console, otlp' }, 'localhost:4318'],
    [
      'nothing that says off',
      { OTEL_SDK_DISABLED: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
      'collector:4318',
    ],
  ])('are on with %s', (_, env, tracesTo) => {
    expect(decideTraces(env)).toEqual({ tracesTo, warnings: [] });
  });

  it.each([
    ['collector:4317', 'OTEL_EXPORTER_OTLP_ENDPOINT is no http: or https: URL'],
    ['never shown', 'OTEL_EXPORTER_OTLP_ENDPOINT is no http: or https: URL'],
  ])('are off when the endpoint is %s, with a warning that does not repeat it', (text, warning) => {
    const { tracesTo, warnings } = decideTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: text });
    expect([tracesTo, warnings]).toEqual([undefined, [`${warning}: nothing is traced.`]]);
  });

  it('are off, with a warning, for exporters that are not served', () => {
    const env = { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
    const { tracesTo, warnings } = decideTraces(env);
    expect(tracesTo).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/^OTEL_TRACES_EXPORTER is "zipkin", and only "otlp"/)]);
  });

  it('are sent by the one protocol that is served, with a warning when another is set', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
    const { tracesTo, warnings } = decideTraces({ ...env, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
    expect(tracesTo).toBe('collector:4318');
    expect(warnings).toEqual(['OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; spans are sent as http/protobuf.']);
    const usual = { ...env, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf' };
    expect(decideTraces({ ...usual, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }).warnings).toEqual([]);
  });

  it('show neither user nor password of the endpoint', () => {
    expect(decideTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user:password@collector/x' })).toEqual({
      tracesTo: 'collector',
      warnings: [],
    });
  });
});
