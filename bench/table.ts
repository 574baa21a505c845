/** The figures as Markdown tables, which people can read in a terminal as well. Pure. */

import { type Cell, variantInWords } from './cells.ts';
import type { Start } from './rounds.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { Figures } from './summary.ts';

/** Three digits that count, and no more than two decimals. */
const short = (value: number): string => {
  if (Number.isNaN(value)) return '–';
  const decimals = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
};

const withSpread = ({ median, least, greatest }: Spread): string =>
  `${short(median)} (${short(least)}–${short(greatest)})`;

/** Rows in columns of one width, the first row being the head; all but the first two columns to the right. */
function alignedTable(rows: readonly (readonly string[])[], leftColumns = 2): string {
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
  withSpread(figures.cpuMicros),
  withSpread(figures.ratio),
  short(figures.requestsPerSecond.median),
  short(figures.p50Ms.median),
  short(figures.p99Ms.median),
  short(figures.callsPerRequest.median),
  short(figures.peakMiB.median),
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

/** Time to the first answer, in milliseconds. */
export function startsTable(starts: readonly Start[], serverNames: readonly string[]): string {
  const rows = serverNames.map((name) => [
    name,
    withSpread(spreadOf(starts.filter(({ server }) => server === name).map((start) => start.milliseconds))),
  ]);
  return alignedTable([['server', 'ms from start to first answer'], ...rows], 1);
}
