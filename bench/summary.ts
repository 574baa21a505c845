/** From samples to the figures that are shown: medians over the rounds, and ratios within each round. Pure. */

import type { Sample } from './cell-measure.ts';
import type { Cell } from './cells.ts';
import { referenceName } from './line-up.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** The figures of a server in a cell. */
export type Figures = {
  readonly server: string;
  readonly cell: Cell;
  readonly cpuMicros: Spread;
  /** CPU per request as a multiple of the bare proxy's, or of another server's, in the same round. */
  readonly ratio: Spread;
  readonly requestsPerSecond: Spread;
  readonly p50Ms: Spread;
  readonly p99Ms: Spread;
  readonly callsPerRequest: Spread;
  readonly peakMiB: Spread;
  readonly failures: number;
};

/** What is unlike in no two samples of one cell. */
const cellKey = ({ operation, sharing, isCached, latencyMs }: Cell): string =>
  [operation.name, sharing, isCached, latencyMs].join();

const groupBy = <Value>(values: readonly Value[], keyOf: (value: Value) => string) => {
  const groups = new Map<string, [Value, ...Value[]]>();
  for (const value of values) {
    const group = groups.get(keyOf(value));
    if (group === undefined) groups.set(keyOf(value), [value]);
    else group.push(value);
  }
  return [...groups.values()];
};

const ratiosOf = (samples: readonly Sample[], references: readonly Sample[]): readonly number[] =>
  samples.flatMap(({ round, cpuMicrosPerRequest }) => {
    const reference = references.find((each) => each.round === round);
    return reference === undefined ? [] : [cpuMicrosPerRequest / reference.cpuMicrosPerRequest];
  });

const figuresOf = (samples: readonly [Sample, ...Sample[]], references: readonly Sample[]): Figures => {
  const [{ server, cell }] = samples;
  const spread = (read: (sample: Sample) => number) => spreadOf(samples.map(read));
  return {
    server,
    cell,
    cpuMicros: spread((sample) => sample.cpuMicrosPerRequest),
    ratio: spreadOf(ratiosOf(samples, references)),
    requestsPerSecond: spread((sample) => sample.requestsPerSecond),
    p50Ms: spread((sample) => sample.p50Ms),
    p99Ms: spread((sample) => sample.p99Ms),
    callsPerRequest: spread((sample) => sample.callsPerRequest),
    peakMiB: spread((sample) => sample.peakMiB),
    failures: samples.reduce((sum, { failures }) => sum + failures, 0),
  };
};

/** The figures of every server in every cell, with ratios to this server. */
export function summarize(samples: readonly Sample[], reference = referenceName): readonly Figures[] {
  return groupBy(samples, ({ cell }) => cellKey(cell)).flatMap((inCell) => {
    const references = inCell.filter(({ server }) => server === reference);
    return groupBy(inCell, ({ server }) => server).map((ofServer) => figuresOf(ofServer, references));
  });
}
