/** Compares, warms up and measures a server with an operation. */

import { checkAnswer } from './answers.ts';
import type { Cell, IdentifierSource } from './cells.ts';
import { askOnce, type Load } from './load.ts';
import { type Measurement, measure, type Running, warmUp } from './measure.ts';
import { createBodyWriter } from './operations.ts';
import type { Upstream } from './upstream-process.ts';

/** The figures of a server in a cell, in one round. */
export type Sample = Measurement & { readonly server: string; readonly cell: Cell; readonly round: number };

/** What is the same for all measurements of a run. */
export type Bench = {
  readonly upstream: Upstream;
  readonly identifiers: IdentifierSource;
  readonly connections: number;
  readonly durationMs: number;
};

const loadOf = ({ of: server, process }: Running, { operation, sharing }: Cell, bench: Bench): Load => {
  const write = createBodyWriter(operation, server.language);
  const { connections, durationMs, identifiers } = bench;
  const nextBody = () => write(identifiers(operation, sharing));
  return { port: process.port, connections, durationMs, nextBody };
};

/** Throws unless the server's answer says what the upstream holds. */
export async function compareAnswer(running: Running, { operation, sharing }: Cell, bench: Bench) {
  const { of: server, process } = running;
  const values = bench.identifiers(operation, sharing);
  const body = await askOnce(process.port, createBodyWriter(operation, server.language)(values));
  try {
    checkAnswer(body, operation, server.language, values);
  } catch (error) {
    const message = `${server.name} answers ${operation.name} differently: ${body.slice(0, 500)}`;
    throw new Error(message, { cause: error });
  }
}

/** Runs the load of a cell for a while, so that what is compiled at run time is compiled. */
export function warmUpCell(running: Running, cell: Cell, bench: Bench): Promise<void> {
  return warmUp(loadOf(running, cell, bench));
}

/** Measures a server in a cell. */
export async function measureCell(
  running: Running,
  cell: Cell,
  round: number,
  bench: Bench,
): Promise<Sample> {
  await bench.upstream.setLatency(cell.latencyMs);
  const measurement = await measure(running.process, loadOf(running, cell, bench), bench.upstream);
  return { ...measurement, server: running.of.name, cell, round };
}
