/** The dashboard and docs/operating.md have all metrics of ours, and only metrics and labels that exist. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  explainedMetrics,
  exposedNames,
  exposedSeries,
  familyOf,
  labelsIn,
  namesIn,
  ownFamilies,
} from './exposed-metrics.ts';

type Panel = {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
};

const path = new URL('../../deploy/grafana-dashboard.json', import.meta.url);
const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(readFileSync(path, 'utf8'));
const charts = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

describe('docs/operating.md', () => {
  it('explains every metric of ours, and no other', async () => {
    expect([...explainedMetrics().keys()].sort()).toEqual([...(await ownFamilies())].sort());
  });
});

describe('the dashboard', () => {
  it('uses only metrics that exist', async () => {
    const names = await exposedNames();
    const asked = new Set(namesIn(JSON.stringify(dashboard)));
    expect(asked.size).toBeGreaterThan(7);
    expect([...asked].filter((name) => !names.has(name))).toEqual([]);
  });

  it('shows every metric of ours', async () => {
    const shown = new Set(expressions.flatMap(namesIn).map(familyOf));
    expect([...(await ownFamilies())].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('uses only labels that exist', async () => {
    const series = (await exposedSeries()).join('\n');
    const picked = expressions.flatMap(labelsIn);
    expect(picked.length).toBeGreaterThan(0);
    for (const label of picked) expect(series).toContain(label);
  });

  it('describes every chart, and gives it a query', () => {
    for (const { title, description, targets } of charts) {
      expect(description, title).toBeTruthy();
      expect(targets?.length, title).toBeGreaterThan(0);
    }
  });

  it('gives every panel its own number and area', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });
});
