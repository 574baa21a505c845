/** The figures as Markdown tables, which people can read in a terminal as well. Pure. */

import type { Sample } from './cell-measure.ts';
import { type Cell, variantInWords } from './cells.ts';
import { shortNumber, shortSpread } from './numbers.ts';
import type { Start } from './start-server.ts';
import { spreadOf } from './statistics.ts';
import { type Figures, summarize } from './summary.ts';

/** Rows in columns of one width, the first row being the head; all but the first two columns to the right. */
export function alignedTable(rows: readonly (readonly string[])[], leftColumns = 2): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, column) => (column < leftColumns ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column < leftColumns ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), rule, ...body.map(line)].join('\n');
}

const headings = [
  'operation',
  'server',
  'CPU µs per request',
  '× bare proxy',
  'requests/s',
  'p50 ms',
  'p99 ms',
  'calls',
  'peak MiB',
] as const;

const rowOf = ({ server, cell, ...figures }: Figures): readonly string[] => [
  cell.operation.name,
  figures.failures === 0 ? server : `${server} (${figures.failures} failed)`,
  shortSpread(figures.cpuMicros),
  shortSpread(figures.ratio),
  shortNumber(figures.requestsPerSecond.median),
  shortNumber(figures.p50Ms.median),
  shortNumber(figures.p99Ms.median),
  shortNumber(figures.callsPerRequest.median),
  shortNumber(figures.peakMiB.median),
];

const byOperation = (a: Figures, b: Figures) => a.cell.operation.name.localeCompare(b.cell.operation.name);

/** A table for these figures; in each operation the servers come in the order of the line-up. */
export function figuresTable(figures: readonly Figures[], serverNames: readonly string[]): string {
  const inOrder = figures.toSorted(
    (a, b) => byOperation(a, b) || serverNames.indexOf(a.server) - serverNames.indexOf(b.server),
  );
  return alignedTable([headings, ...inOrder.map(rowOf)]);
}

/** The figures of each combination of customers, cache and latency, in the order of the matrix. */
export function figuresByVariant(
  figures: readonly Figures[],
  cells: readonly Cell[],
): readonly { readonly variant: string; readonly figures: readonly Figures[] }[] {
  const variants = [...new Set(cells.map(variantInWords))];
  return variants.map((variant) => ({
    variant,
    figures: figures.filter(({ cell }) => variantInWords(cell) === variant),
  }));
}

/** Builds beside the first of them: what the change between them is worth. */
export function buildsTable(samples: readonly Sample[], [first = '', ...others]: readonly string[]): string {
  const rows = summarize(samples, first)
    .filter(({ server }) => others.includes(server))
    .map(({ server, cell, ratio }) => [
      cell.operation.name,
      server,
      variantInWords(cell),
      shortSpread(ratio),
    ]);
  return alignedTable([['operation', 'build', 'variant', `CPU × ${first}`], ...rows], 3);
}

/** Time to the first answer, in milliseconds. */
export function startsTable(starts: readonly Start[], serverNames: readonly string[]): string {
  const rows = serverNames.map((name) => [
    name,
    shortSpread(spreadOf(starts.filter(({ server }) => server === name).map((start) => start.milliseconds))),
  ]);
  return alignedTable([['server', 'ms from start to first answer'], ...rows], 1);
}
