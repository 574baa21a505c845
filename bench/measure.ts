/** One measurement: a server under one load for a second or so, and what it and the upstream counted meanwhile. */

import { checkAnswer } from './answers.ts';
import type { Cell, IdentifierSource } from './cells.ts';
import type { Launched } from './launch.ts';
import type { Server } from './line-up.ts';
import { askOnce, openConnections, runLoad } from './load.ts';
import { createBodyWriter } from './operations.ts';
import { cpuMicros, peakMiB, resetPeak } from './process-usage.ts';
import { percentileOf } from './statistics.ts';
import type { Upstream } from './upstream-process.ts';

/** The figures of one measurement. */
export type Sample = {
  readonly server: string;
  readonly cell: Cell;
  readonly round: number;
  readonly requests: number;
  readonly failures: number;
  readonly cpuMicrosPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly callsPerRequest: number;
  readonly peakMiB: number;
};

/** What a measurement needs beside the cell. */
export type Bench = {
  readonly upstream: Upstream;
  readonly identifiers: IdentifierSource;
  readonly connections: number;
  readonly durationMs: number;
};

/** A server that runs. */
export type Running = { readonly of: Server; readonly process: Launched };

/** The bodies of a cell for a server, each about the next identifiers. */
const bodiesOf = ({ of: server }: Running, { operation, sharing }: Cell, identifiers: IdentifierSource) => {
  const write = createBodyWriter(operation, server.language);
  return () => write(identifiers(operation, sharing));
};

/** Throws unless the server's answer says what the upstream holds. */
export async function compareAnswer(running: Running, { operation, sharing }: Cell, bench: Bench) {
  const { of: server, process } = running;
  const values = bench.identifiers(operation, sharing);
  const body = await askOnce(process.port, createBodyWriter(operation, server.language)(values));
  try {
    checkAnswer(body, operation, server.language, values);
  } catch (error) {
    throw new Error(`${server.name} answers ${operation.name} differently: ${body.slice(0, 500)}`, {
      cause: error,
    });
  }
}

/** Runs a load of which nothing is kept. */
export async function warmUp(running: Running, cell: Cell, bench: Bench): Promise<void> {
  const { port } = running.process;
  const connections = await openConnections(port, bench.connections);
  await runLoad(connections, { port, ...bench, nextBody: bodiesOf(running, cell, bench.identifiers) });
  for (const { close } of connections) close();
}

/** How long a server runs under a load before it is measured, in milliseconds: whatever ran before is forgotten by then. */
const settlingMs = 150;

/** Measures one cell of a server. */
export async function measureCell(
  running: Running,
  cell: Cell,
  round: number,
  bench: Bench,
): Promise<Sample> {
  const { pid, port } = running.process;
  await bench.upstream.setLatency(cell.latencyMs);
  const connections = await openConnections(port, bench.connections);
  const load = { port, ...bench, nextBody: bodiesOf(running, cell, bench.identifiers) };
  await runLoad(connections, { ...load, durationMs: settlingMs });
  resetPeak(pid);
  const callsBefore = await bench.upstream.countCalls();
  const cpuBefore = cpuMicros(pid);
  const result = await runLoad(connections, load);
  const cpu = cpuMicros(pid) - cpuBefore;
  const calls = (await bench.upstream.countCalls()) - callsBefore;
  for (const { close } of connections) close();
  return {
    server: running.of.name,
    cell,
    round,
    requests: result.requests,
    failures: result.failures,
    cpuMicrosPerRequest: cpu / result.requests,
    requestsPerSecond: result.requests / result.seconds,
    p50Ms: percentileOf(result.latenciesMs, 0.5),
    p99Ms: percentileOf(result.latenciesMs, 0.99),
    callsPerRequest: calls / result.requests,
    peakMiB: peakMiB(pid),
  };
}
