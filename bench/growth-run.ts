/** Measures how the gateway's cost grows: every axis, every value, in rounds of an order drawn anew. */

import { type Axis, axes } from './growth-axes.ts';
import type { Server } from './line-up.ts';
import { type Measurement, measure, type Running, warmUp } from './measure.ts';
import type { ShowProgress } from './progress.ts';
import { startServer } from './start-server.ts';
import { shuffled } from './statistics.ts';
import { startUpstream, type Upstream } from './upstream-process.ts';

/** The figures of one value of an axis, in one round. */
export type Point = Measurement & { readonly axis: Axis; readonly value: number };

/** How much to measure. */
export type Extent = { readonly rounds: number; readonly sliceMs: number };

const points = axes.flatMap((axis) => axis.values.map((value) => ({ axis, value })));

/** Runs a load until so many requests were sent. */
async function warmUpWith({ axis, value }: (typeof points)[number], { process }: Running): Promise<void> {
  const nextBody = axis.bodies(value);
  const load = { port: process.port, connections: axis.connections(value), durationMs: 500, nextBody };
  let sent = 0;
  const counted = () => {
    sent += 1;
    return nextBody();
  };
  while (sent < axis.warmUpRequests(value)) await warmUp({ ...load, nextBody: counted });
}

async function measurePoint(
  point: (typeof points)[number],
  running: Running,
  upstream: Upstream,
  durationMs: number,
): Promise<Point> {
  const { axis, value } = point;
  await warmUpWith(point, running);
  const load = {
    port: running.process.port,
    connections: axis.connections(value),
    durationMs,
    nextBody: axis.bodies(value),
  };
  return { ...(await measure(running.process, load, upstream)), axis, value };
}

/** A server that has just started is slow whatever it is asked: the least and the most of each way, before the first point. */
async function warmUpAll({ process }: Running): Promise<void> {
  for (const { bodies, values } of axes) {
    for (const value of [values.at(0) ?? 1, values.at(-1) ?? 1]) {
      await warmUp({ port: process.port, connections: 8, durationMs: 500, nextBody: bodies(value) });
    }
  }
}

/** Measures one server. */
export async function measureGrowth(
  server: Server,
  { rounds, sliceMs }: Extent,
  show: ShowProgress,
): Promise<readonly Point[]> {
  const upstream = await startUpstream();
  const measured: Point[] = [];
  const steps = Array.from({ length: rounds }, () => shuffled(points, Math.random)).flat();
  try {
    const running = await startServer(server, false, upstream);
    try {
      await warmUpAll(running);
      for (const [done, point] of steps.entries()) {
        show(`${point.value} ${point.axis.title}`, done, steps.length);
        measured.push(await measurePoint(point, running, upstream, sliceMs));
      }
    } finally {
      await running.process.stop();
    }
  } finally {
    await upstream.stop();
  }
  return measured;
}
