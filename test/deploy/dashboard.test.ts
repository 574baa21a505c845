/** The dashboard speaks of metrics, labels and outcomes that `/metrics` has, and of all that are ours. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { parseMetrics } from '../gateway/scrape.ts';

type Panel = {
  readonly title: string;
  readonly type: string;
  readonly description?: string;
  readonly targets?: readonly { readonly expr: string }[];
};

const path = new URL('../../deploy/grafana-dashboard.json', import.meta.url);
const dashboard: { readonly panels: readonly Panel[] } = JSON.parse(readFileSync(path, 'utf8'));
const charts = dashboard.panels.filter(({ type }) => type !== 'row');
const expressions = charts.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

const namesIn = (text: string) => text.match(/\b(?:ledger_gateway|process|nodejs)_\w+/g) ?? [];

/** Series as a scrape of a process would find them. */
const exposed = async () => [
  ...parseMetrics((await createMetrics({ now: () => 0, withProcess: true }).read()).text).keys(),
];

/** Metrics of ours, without what a histogram adds to its name. */
const family = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
const ours = async () =>
  new Set(
    (await exposed())
      .flatMap(namesIn)
      .filter((name) => name.startsWith('ledger'))
      .map(family),
  );

describe('the README', () => {
  it('explains every metric of ours, and none besides', async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, table = ''] = readme.split('| `ledger_gateway_…` |');
    const explained = [...(table.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
    expect(explained.map((name) => `ledger_gateway_${name}`).sort()).toEqual([...(await ours())].sort());
  });
});

describe('the dashboard', () => {
  it('asks only for metrics that are exposed', async () => {
    const names = new Set((await exposed()).map((series) => series.replace(/\{.*/, '')));
    const asked = new Set(namesIn(JSON.stringify(dashboard)));
    expect(asked.size).toBeGreaterThan(7);
    expect([...asked].filter((name) => !names.has(name))).toEqual([]);
  });

  it('shows every metric of ours', async () => {
    const shown = new Set(expressions.flatMap(namesIn).map(family));
    expect([...(await ours())].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('picks only label values that exist', async () => {
    const series = (await exposed()).join('\n');
    const picked = expressions.flatMap((expr) => [...expr.matchAll(/(?:outcome|code|by)=~?"([^"]+)"/g)]);
    expect(picked.length).toBeGreaterThan(0);
    for (const value of picked.flatMap(([, values = '']) => values.split('|'))) {
      expect(series).toContain(`"${value}"`);
    }
  });

  it('says of every chart what it shows, and gives it a query', () => {
    for (const { title, description, targets } of charts) {
      expect(description, title).toBeTruthy();
      expect(targets?.length, title).toBeGreaterThan(0);
    }
  });
});
