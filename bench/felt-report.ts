/** What a user feels, as a table: each row with its aim beside the measured value. Pure. */

import { type FeltRow, feltRows } from './felt-rows.ts';
import type { FeltSample } from './felt-run.ts';
import { referenceName } from './line-up.ts';
import { shortNumber, shortSpread } from './numbers.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { alignedTable } from './table.ts';

const headings = ['load', 'server', 'aim', 'measured', 'p50 ms', 'p99 ms'] as const;

const aimInWords = ({ aim }: FeltRow): string => {
  switch (aim?.of) {
    case undefined:
      return '';
    case 'round-trips':
      return `p50 ≤ ${aim.most} round trips`;
    case 'wait':
      return `p99 < ${aim.below} ms longer`;
    case 'cpu':
      return `CPU ≤ ${aim.most} × proxy`;
  }
};

/** The value that the aim is for, in one round. NaN when what it is compared with was not measured. */
const aimedValue = (sample: FeltSample, samples: readonly FeltSample[]): number => {
  const { row, server, round, p50Ms, p99Ms, cpuMicrosPerRequest } = sample;
  const { aim, latencyMs } = row;
  const other = (ofRow: FeltRow, ofServer: string) =>
    samples.find((each) => each.row === ofRow && each.server === ofServer && each.round === round);
  switch (aim?.of) {
    case undefined:
      return Number.NaN;
    case 'round-trips':
      return p50Ms / latencyMs;
    case 'wait':
      return p99Ms - (other(aim.alone, server)?.p99Ms ?? Number.NaN);
    case 'cpu':
      return cpuMicrosPerRequest / (other(row, referenceName)?.cpuMicrosPerRequest ?? Number.NaN);
  }
};

/** The value of a row's aim for a server: median and extremes over the rounds. */
export function feltValue(row: FeltRow, server: string, samples: readonly FeltSample[]): Spread {
  const own = samples.filter((sample) => sample.row === row && sample.server === server);
  return spreadOf(own.map((sample) => aimedValue(sample, samples)));
}

/** The table. The servers of a row come in the order of the line-up. */
export function feltTable(samples: readonly FeltSample[], serverNames: readonly string[]): string {
  const lineOf = (row: FeltRow, server: string): readonly string[] => {
    const own = samples.filter((sample) => sample.row === row && sample.server === server);
    const failures = own.reduce((sum, sample) => sum + sample.failures, 0);
    const median = (read: (sample: FeltSample) => number) => shortNumber(spreadOf(own.map(read)).median);
    return [
      row.title,
      failures === 0 ? server : `${server} (${failures} failed)`,
      aimInWords(row),
      row.aim === undefined ? '' : shortSpread(feltValue(row, server, samples)),
      median(({ p50Ms }) => p50Ms),
      median(({ p99Ms }) => p99Ms),
    ];
  };
  const lines = feltRows.flatMap((row) => serverNames.map((server) => lineOf(row, server)));
  return alignedTable([headings, ...lines], 3);
}
