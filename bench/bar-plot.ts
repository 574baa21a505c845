/** The comparison as a plot: a bar for each server and operation, as a multiple of the bare proxy. Pure. */

import { referenceName } from './line-up.ts';
import { shortNumber } from './numbers.ts';
import type { Figures } from './summary.ts';
import { drawing, label, logScale, type Scale, shape, ticks } from './svg.ts';

const width = 860;
const barHeight = 16;
const rowHeight = 21;
const groupGap = 34;
const left = 90;
const right = 800;

type Placed = { readonly figures: Figures; readonly y: number; readonly scale: Scale };

const bar = ({ figures, y, scale }: Placed): string => {
  const { server, ratio } = figures;
  const kind = server.startsWith('ours') ? 'ours' : 'other';
  const end = scale(Math.max(1, ratio.median));
  const middle = y + barHeight / 2;
  const spread = { x1: scale(Math.max(1, ratio.least)), x2: scale(Math.max(1, ratio.greatest)) };
  return [
    label(server, { x: left - 8, y: y + 12, 'text-anchor': 'end' }),
    shape('rect', { class: kind, x: left, y, width: Math.max(1, end - left), height: barHeight }),
    shape('line', { class: 'spread', ...spread, y1: middle, y2: middle }),
    label(`${shortNumber(ratio.median)}×`, { x: Math.max(end, spread.x2) + 6, y: y + 12 }),
  ].join('\n');
};

const gridLine = (tick: number, scale: Scale, height: number): string =>
  [
    shape('line', { class: 'grid', x1: scale(tick), x2: scale(tick), y1: 30, y2: height - 24 }),
    label(tick === 1 ? 'proxy' : `${tick}×`, {
      class: 'quiet',
      x: scale(tick),
      y: height - 8,
      'text-anchor': 'middle',
    }),
  ].join('\n');

/** Draws these figures, the operations in their order and the servers in theirs. */
export function plotBars(figures: readonly Figures[], serverNames: readonly string[]): string {
  const shown = figures.filter(({ server }) => server !== referenceName);
  const operations = [...new Set(shown.map(({ cell }) => cell.operation))].toSorted((a, b) =>
    a.name.localeCompare(b.name),
  );
  const most = Math.max(2, ...shown.map(({ ratio }) => ratio.greatest));
  const scale = logScale([1, most], [left, right - 20]);
  let y = 30;
  const groups = operations.map((operation) => {
    const title = label(`${operation.name}: ${operation.title}`, { class: 'title', x: left, y: y + 14 });
    y += 22;
    const bars = serverNames
      .flatMap((name) => shown.filter(({ server, cell }) => server === name && cell.operation === operation))
      .map((each, row) => bar({ figures: each, y: y + row * rowHeight, scale }));
    y += bars.length * rowHeight + groupGap - 22;
    return [title, ...bars].join('\n');
  });
  const height = y + 24;
  const description = 'CPU time per request, as a multiple of the bare proxy; less is better';
  const grid = ticks(1, most).map((tick) => gridLine(tick, scale, height));
  const caption = label(`${description} (logarithmic)`, { class: 'quiet', x: left, y: 18 });
  return drawing({ width, height, description }, [caption, ...grid, ...groups]);
}
