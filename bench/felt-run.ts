/** Measures what a user feels: every row with every server, in rounds of an order drawn anew. */

import { type FeltRow, feltRows } from './felt-rows.ts';
import { launch } from './launch.ts';
import type { Server } from './line-up.ts';
import type { Load } from './load.ts';
import { type Measurement, measure, measureBeside, measureFirst, type Running, warmUp } from './measure.ts';
import type { ShowProgress } from './progress.ts';
import { startServer } from './start-server.ts';
import { shuffled } from './statistics.ts';
import { startUpstream, type Upstream } from './upstream-process.ts';

/** The figures of a server in a row, in one round. */
export type FeltSample = Measurement & {
  readonly row: FeltRow;
  readonly server: string;
  readonly round: number;
};

/** How long a row is measured: at 50 ms a connection then gets some ten answers. */
const sliceMs = 1000;

/** How long each server runs under each load before the first round. */
const warmUpMs = 1000;

/** The longest time that the first requests may take. */
const firstRequestsMs = 60_000;

const loadOf = (row: FeltRow, { of: server, process }: Running): Load => {
  const { connections, bodies } = row;
  return { port: process.port, connections, durationMs: sliceMs, nextBody: bodies(server.language) };
};

const heavyLoadOf = ({ heavy }: FeltRow, { of: server, process }: Running): Load | undefined =>
  heavy && {
    port: process.port,
    connections: 1,
    durationMs: sliceMs,
    nextBody: heavy(server.language),
  };

async function warmUpAll(running: Running): Promise<void> {
  for (const row of feltRows.filter(({ latencyMs }) => latencyMs === 0)) {
    const load = heavyLoadOf(row, running) ?? loadOf(row, running);
    await warmUp({ ...load, durationMs: warmUpMs });
  }
}

/** Starts a process of its own for the row. */
async function measureNewProcess(
  row: FeltRow,
  server: Server,
  mostRequests: number,
  upstream: Upstream,
): Promise<Measurement> {
  const process = await launch(server.launch(upstream.url, false));
  try {
    const load = loadOf(row, { of: server, process });
    return await measureFirst(process, { ...load, durationMs: firstRequestsMs, mostRequests }, upstream);
  } finally {
    await process.stop();
  }
}

async function measureRow(row: FeltRow, running: Running, upstream: Upstream): Promise<Measurement> {
  await upstream.setLatency(row.latencyMs);
  if (row.firstRequests !== undefined) return measureNewProcess(row, running.of, row.firstRequests, upstream);
  const load = loadOf(row, running);
  const heavy = heavyLoadOf(row, running);
  return heavy === undefined
    ? measure(running.process, load, upstream)
    : measureBeside(running.process, load, heavy, upstream);
}

/** Measures these servers in so many rounds. */
export async function measureFelt(
  servers: readonly Server[],
  rounds: number,
  show: ShowProgress,
): Promise<readonly FeltSample[]> {
  const upstream = await startUpstream();
  const running: Running[] = [];
  const samples: FeltSample[] = [];
  try {
    for (const server of servers) running.push(await startServer(server, false, upstream));
    for (const each of running) await warmUpAll(each);
    const steps = Array.from({ length: rounds }, (_, round) =>
      shuffled(feltRows, Math.random).flatMap((row) =>
        shuffled(running, Math.random).map((each) => ({ row, each, round })),
      ),
    ).flat();
    for (const [done, { row, each, round }] of steps.entries()) {
      const server = each.of.name;
      show(`${row.title}, ${server}`, done, steps.length);
      samples.push({ ...(await measureRow(row, each, upstream)), row, server, round });
    }
  } finally {
    for (const { process } of running) await process.stop();
    await upstream.stop();
  }
  return samples;
}
