/** How cost grows, as tables and as a plot. Pure. */

import { type Axis, axes } from './growth-axes.ts';
import type { Point } from './growth-run.ts';
import { shortNumber, shortSpread } from './numbers.ts';
import { type Spread, spreadOf } from './statistics.ts';
import { drawing, label, logScale, type Scale, shape, ticks } from './svg.ts';
import { alignedTable } from './table.ts';

type Row = {
  readonly value: number;
  readonly cpuMicros: Spread;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly peakMiB: number;
  readonly failures: number;
};

const rowsOf = (axis: Axis, points: readonly Point[]): readonly Row[] =>
  axis.values.map((value) => {
    const here = points.filter((point) => point.axis === axis && point.value === value);
    const median = (read: (point: Point) => number) => spreadOf(here.map(read)).median;
    return {
      value,
      cpuMicros: spreadOf(here.map((point) => point.cpuMicrosPerRequest)),
      p50Ms: median((point) => point.p50Ms),
      p99Ms: median((point) => point.p99Ms),
      peakMiB: median((point) => point.peakMiB),
      failures: here.reduce((sum, { failures }) => sum + failures, 0),
    };
  });

/** A table for each axis. */
export function growthTables(points: readonly Point[]): string {
  const tableOf = (axis: Axis) =>
    alignedTable(
      [
        [axis.title, 'CPU µs per request', 'p50 ms', 'p99 ms', 'peak MiB', 'failed'],
        ...rowsOf(axis, points).map(({ value, cpuMicros, p50Ms, p99Ms, peakMiB, failures }) => [
          value.toLocaleString('en-US'),
          shortSpread(cpuMicros),
          ...[p50Ms, p99Ms, peakMiB].map(shortNumber),
          String(failures),
        ]),
      ],
      0,
    );
  return axes.map(tableOf).join('\n\n');
}

const panel = { width: 280, height: 220, left: 46, right: 268, top: 34, bottom: 182 };
const panelsPerRow = 3;

type Place = { readonly x: number; readonly y: number };

const frame = (
  axis: Axis,
  across: Scale,
  up: Scale,
  [low, high]: readonly [number, number],
): readonly string[] => [
  label(axis.title, { class: 'title', x: panel.left, y: 16 }),
  ...ticks(low, high).map((tick) =>
    [
      shape('line', { class: 'grid', x1: panel.left, x2: panel.right, y1: up(tick), y2: up(tick) }),
      label(tick.toLocaleString('en-US'), {
        class: 'quiet',
        x: panel.left - 5,
        y: up(tick) + 4,
        'text-anchor': 'end',
      }),
    ].join('\n'),
  ),
  ...axis.values.map((value) =>
    label(value.toLocaleString('en-US'), {
      class: 'quiet',
      x: across(value),
      y: panel.bottom + 18,
      'text-anchor': 'middle',
    }),
  ),
];

const curve = (rows: readonly Row[], across: Scale, up: Scale): readonly string[] => {
  const corners = rows.map(
    ({ value, cpuMicros }) => `${across(value).toFixed(1)},${up(cpuMicros.median / 1000).toFixed(1)}`,
  );
  return [
    ...rows.map(({ value, cpuMicros: { least, greatest } }) =>
      shape('line', {
        class: 'spread',
        x1: across(value),
        x2: across(value),
        y1: up(least / 1000),
        y2: up(greatest / 1000),
      }),
    ),
    shape('polyline', { class: 'ours none', points: corners.join(' ') }),
    ...rows.map(({ value, cpuMicros }) =>
      shape('circle', { class: 'ours', cx: across(value), cy: up(cpuMicros.median / 1000), r: 3 }),
    ),
  ];
};

const plotAxis = (
  axis: Axis,
  points: readonly Point[],
  { x, y }: Place,
  bounds: readonly [number, number],
): string => {
  const across = logScale(
    [axis.values[0] ?? 1, axis.values.at(-1) ?? 1],
    [panel.left + 10, panel.right - 14],
  );
  const up = logScale(bounds, [panel.bottom, panel.top]);
  const parts = [...frame(axis, across, up, bounds), ...curve(rowsOf(axis, points), across, up)];
  return `<g transform="translate(${x} ${y})">\n${parts.join('\n')}\n</g>`;
};

/** A panel for each axis, all with one scale of CPU time, so that they can be compared. */
export function plotGrowth(points: readonly Point[]): string {
  const millis = points.map(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest / 1000);
  const bounds = [Math.min(...millis) / 1.2, Math.max(...millis) * 1.2] as const;
  const panels = axes.map((axis, index) => {
    const place = {
      x: (index % panelsPerRow) * panel.width,
      y: 24 + Math.floor(index / panelsPerRow) * panel.height,
    };
    return plotAxis(axis, points, place, bounds);
  });
  const description = 'CPU milliseconds per request of the gateway, as its work grows';
  const size = {
    width: panelsPerRow * panel.width,
    height: 24 + Math.ceil(axes.length / panelsPerRow) * panel.height,
  };
  const caption = label(`${description} (both scales logarithmic)`, { class: 'quiet', x: panel.left, y: 14 });
  return drawing({ ...size, description }, [caption, ...panels]);
}
