/** The alerting rules watch metrics that exist, and exactly those that docs/operating.md calls worth an alarm. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  explainedMetrics,
  exposedNames,
  exposedSeries,
  familyOf,
  labelsIn,
  namesIn,
} from './exposed-metrics.ts';

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
};

const path = new URL('../../deploy/alerts.yaml', import.meta.url);
const { groups }: { readonly groups: readonly { readonly rules: readonly Rule[] }[] } = parse(
  readFileSync(path, 'utf8'),
);
const rules = groups.flatMap((group) => group.rules);
const watched = new Set(rules.flatMap(({ expr }) => namesIn(expr)));

describe('the alerting rules', () => {
  it('use only metrics and labels that exist', async () => {
    const [names, series] = [await exposedNames(), (await exposedSeries()).join('\n')];
    expect([...watched].filter((name) => !names.has(name))).toEqual([]);
    const picked = rules.flatMap(({ expr }) => labelsIn(expr));
    expect(picked.length).toBeGreaterThan(5);
    for (const label of picked) expect(series).toContain(label);
  });

  it('watch every metric that docs/operating.md calls worth an alarm, and each rule at least one', () => {
    const worth = new Set([...explainedMetrics()].filter(([, alarm]) => alarm !== '').map(([name]) => name));
    expect(worth.size).toBeGreaterThan(5);
    const families = new Set([...watched].map(familyOf));
    expect([...worth].filter((name) => !families.has(name))).toEqual([]);
    for (const { alert, expr } of rules) {
      expect(
        namesIn(expr)
          .map(familyOf)
          .some((name) => worth.has(name)),
        alert,
      ).toBe(true);
    }
  });

  it('have different names, a severity, and a summary of what is wrong', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(['warning', 'critical'], alert).toContain(labels.severity);
      expect(annotations.summary, alert).toMatch(/^[A-Z].*\.$/);
    }
  });
});
