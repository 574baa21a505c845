/**
 * A whole run: starts every server, compares their answers, warms them up, then measures in rounds. In a round each
 * cell is measured with one server after the other, in an order drawn anew, so that whatever else the machine does
 * falls on all alike.
 */

import { type Bench, compareAnswer, measureCell, type Sample, warmUpCell } from './cell-measure.ts';
import { type Cell, cellsOf, createIdentifierSource, type Matrix, type Sharing } from './cells.ts';
import type { Server } from './line-up.ts';
import type { Running } from './measure.ts';
import type { Operation } from './operations.ts';
import type { ShowProgress } from './progress.ts';
import { type Start, startServer } from './start-server.ts';
import { shuffled } from './statistics.ts';
import { startUpstream } from './upstream-process.ts';

/** What to run. */
export type Plan = {
  readonly servers: readonly Server[];
  readonly matrix: Matrix;
  readonly rounds: number;
  readonly connections: number;
  /** Of each measurement, in milliseconds. */
  readonly sliceMs: number;
  /** Of each operation on each server, in milliseconds. */
  readonly warmUpMs: number;
  /** Whether every server is started once more in each round, for the time that it takes. */
  readonly hasStarts: boolean;
};

/** What came of a run. */
export type Run = {
  readonly samples: readonly Sample[];
  readonly starts: readonly Start[];
  /** Operations that a server did not answer as it should, and is not measured with. One line each. */
  readonly refusals: readonly string[];
};

/** One of the steps that a run consists of. */
type Step = { readonly title: string; readonly run: () => Promise<void> };

/** What a run has gathered so far. */
type Gathered = {
  readonly running: Map<string, Running>;
  readonly samples: Sample[];
  readonly starts: Start[];
  readonly refusals: Map<string, string>;
};

const runningKey = ({ name }: Server, isCached: boolean) => `${name}, cache ${isCached ? 'on' : 'off'}`;
const refusalKey = ({ name }: Server, operation: Operation) => `${name} ${operation.name}`;

type Context = { readonly plan: Plan; readonly bench: Bench; readonly gathered: Gathered };

/** The processes that are measured, one for each server with a cache or without. */
const startSteps = ({ plan, bench, gathered }: Context): readonly Step[] =>
  plan.matrix.caches.flatMap((isCached) =>
    plan.servers.map((server) => ({
      title: `starting ${runningKey(server, isCached)}`,
      run: async () => {
        const started = await startServer(server, isCached, bench.upstream);
        gathered.running.set(runningKey(server, isCached), started);
        if (!isCached) gathered.starts.push(started);
      },
    })),
  );

/** A step for each process that runs and each operation. */
const eachOperation = (
  { plan, gathered }: Context,
  verb: string,
  run: (running: Running, cell: Cell) => Promise<void>,
): readonly Step[] =>
  plan.matrix.caches.flatMap((isCached) =>
    plan.servers.flatMap((server) =>
      plan.matrix.operations.map((operation) => ({
        title: `${verb} ${operation.name} of ${runningKey(server, isCached)}`,
        run: async () => {
          const running = gathered.running.get(runningKey(server, isCached));
          if (running === undefined || gathered.refusals.has(refusalKey(server, operation))) return;
          await run(running, { operation, sharing: 'different', isCached, latencyMs: 0 });
        },
      })),
    ),
  );

/** Twice, because the second answer of a cache may be another than the first. */
const compareSteps = (context: Context): readonly Step[] =>
  eachOperation(context, 'comparing', async (running, cell) => {
    const sharings: readonly Sharing[] = ['different', 'identical', 'identical'];
    try {
      for (const sharing of sharings) await compareAnswer(running, { ...cell, sharing }, context.bench);
    } catch (error) {
      context.gathered.refusals.set(refusalKey(running.of, cell.operation), String(error));
    }
  });

const warmUpSteps = (context: Context): readonly Step[] =>
  eachOperation(context, 'warming up', (running, cell) =>
    warmUpCell(running, cell, { ...context.bench, durationMs: context.plan.warmUpMs }),
  );

/** A start of each server, if that is asked for; then every cell with every server. */
const roundSteps = ({ plan, bench, gathered }: Context, round: number): readonly Step[] => {
  const prefix = `round ${round} of ${plan.rounds}`;
  const starts = shuffled(plan.servers, Math.random).map((server) => ({
    title: `${prefix}: start of ${server.name}`,
    run: async () => {
      const started = await startServer(server, false, bench.upstream);
      gathered.starts.push(started);
      await started.process.stop();
    },
  }));
  const measurements = shuffled(cellsOf(plan.matrix), Math.random).flatMap((cell) =>
    shuffled(plan.servers, Math.random).map((server) => ({
      title: `${prefix}: ${cell.operation.name} of ${runningKey(server, cell.isCached)}`,
      run: async () => {
        const running = gathered.running.get(runningKey(server, cell.isCached));
        if (running === undefined || gathered.refusals.has(refusalKey(server, cell.operation))) return;
        gathered.samples.push(await measureCell(running, cell, round, bench));
      },
    })),
  );
  return plan.hasStarts ? [...starts, ...measurements] : measurements;
};

/** Runs a plan. */
export async function runPlan(plan: Plan, show: ShowProgress): Promise<Run> {
  const upstream = await startUpstream();
  const { connections, sliceMs: durationMs } = plan;
  const bench: Bench = { upstream, identifiers: createIdentifierSource(), connections, durationMs };
  const gathered: Gathered = { running: new Map(), samples: [], starts: [], refusals: new Map() };
  const context = { plan, bench, gathered };
  const rounds = Array.from({ length: plan.rounds }, (_, index) => roundSteps(context, index + 1)).flat();
  const steps = [...startSteps(context), ...compareSteps(context), ...warmUpSteps(context), ...rounds];
  try {
    for (const [done, { title, run }] of steps.entries()) {
      show(title, done, steps.length);
      await run();
    }
  } finally {
    for (const { process } of gathered.running.values()) await process.stop();
    await upstream.stop();
  }
  const { samples, starts, refusals } = gathered;
  return { samples, starts, refusals: [...refusals.values()] };
}
