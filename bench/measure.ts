/** One measurement: a server under one load for a second or so, and what it and the upstream counted meanwhile. */

import type { Connection } from './connection.ts';
import { type Launched, untilDone } from './launch.ts';
import type { Server } from './line-up.ts';
import { type Load, openConnections, runLoad } from './load.ts';
import { cpuMicros, peakMiB, resetPeak } from './process-usage.ts';
import { percentileOf } from './statistics.ts';
import type { Upstream } from './upstream-process.ts';

/** The figures of one measurement. */
export type Measurement = {
  readonly requests: number;
  readonly failures: number;
  /** The first failure in words. */
  readonly firstFailure: string | undefined;
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly callsPerRequest: number;
  readonly peakMiB: number;
};

/** A server that runs. */
export type Running = { readonly of: Server; readonly process: Launched };

/** Runs a load of which nothing is kept. */
export async function warmUp(load: Load): Promise<void> {
  const connections = await openConnections(load.port, load.connections);
  await runLoad(connections, load);
  for (const { close } of connections) close();
}

/** How long a server runs under a load before it is measured, in milliseconds: whatever ran before is forgotten by then. */
const settlingMs = 150;

/** Measures a server under a load. */
export async function measure(launched: Launched, load: Load, upstream: Upstream): Promise<Measurement> {
  const connections = await openConnections(load.port, load.connections);
  await runLoad(connections, { ...load, durationMs: settlingMs });
  return measureOver(connections, launched, load, upstream);
}

/** Measures a server under a load, beside another load from before its start to its end. */
export async function measureBeside(
  launched: Launched,
  load: Load,
  beside: Omit<Load, 'durationMs'>,
  upstream: Upstream,
): Promise<Measurement> {
  const connections = await openConnections(beside.port, beside.connections);
  const ended = runLoad(connections, { ...beside, durationMs: settlingMs + load.durationMs });
  const measurement = await measure(launched, load, upstream);
  const { failures, firstFailure } = await ended;
  for (const { close } of connections) close();
  return {
    ...measurement,
    failures: measurement.failures + failures,
    firstFailure: measurement.firstFailure ?? firstFailure,
  };
}

/** Measures the first requests of a process that has just started: it accepts connections, and was asked nothing yet. */
export async function measureFirst(launched: Launched, load: Load, upstream: Upstream): Promise<Measurement> {
  const connections = await untilDone(() => openConnections(load.port, load.connections));
  return measureOver(connections, launched, load, upstream);
}

async function measureOver(
  connections: readonly Connection[],
  { pid }: Launched,
  load: Load,
  upstream: Upstream,
): Promise<Measurement> {
  resetPeak(pid);
  const callsBefore = await upstream.countCalls();
  const cpuBefore = cpuMicros(pid);
  const { requests, failures, firstFailure, seconds, latenciesMs } = await runLoad(connections, load);
  const cpu = cpuMicros(pid) - cpuBefore;
  const calls = (await upstream.countCalls()) - callsBefore;
  for (const { close } of connections) close();
  return {
    requests,
    failures,
    firstFailure,
    cpuMicrosPerRequest: cpu / requests,
    requestsPerSecond: requests / seconds,
    p50Ms: percentileOf(latenciesMs, 0.5),
    p99Ms: percentileOf(latenciesMs, 0.99),
    callsPerRequest: calls / requests,
    peakMiB: peakMiB(pid),
  };
}
