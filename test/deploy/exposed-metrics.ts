/** The metrics that exist, to compare the files for operators with. */
import { readFileSync } from 'node:fs';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { parseMetrics } from '../gateway/scrape.ts';

/** The series of a process that has done nothing yet. */
export async function exposedSeries(): Promise<readonly string[]> {
  return [...parseMetrics((await createMetrics({ withProcess: true }).read()).text).keys()];
}

/** The names of the series. Each part of a histogram has its own. */
export async function exposedNames(): Promise<ReadonlySet<string>> {
  return new Set((await exposedSeries()).map((series) => series.replace(/\{.*/, '')));
}

/** The metrics of ours. A histogram is one. */
export async function ownFamilies(): Promise<ReadonlySet<string>> {
  const own = [...(await exposedNames())].filter((name) => name.startsWith('ledger_gateway_'));
  return new Set(own.map(familyOf));
}

/** The name of the metric that a series belongs to. */
export function familyOf(name: string): string {
  return name.replace(/_(bucket|sum|count)$/, '');
}

/** The metrics that a text names. */
export function namesIn(text: string): readonly string[] {
  return text.match(/\b(?:ledger_gateway|process|nodejs)_\w+/g) ?? [];
}

/** The labels of an expression, as a series has them: `code="RATE_LIMITED"`. `job` belongs to the scraper. */
export function labelsIn(expression: string): readonly string[] {
  return [...expression.matchAll(/(\w+)(?:=~|!=|=)"([^"]+)"/g)]
    .filter(([, label]) => label !== 'job')
    .flatMap(([, label, values = '']) => values.split('|').map((value) => `${label}="${value}"`));
}

/** The table of metrics in docs/operating.md: each metric, and when it is worth an alarm. */
export function explainedMetrics(): ReadonlyMap<string, string> {
  const guide = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8');
  const [, table = ''] = guide.split('| `ledger_gateway_…` |');
  const rows = (table.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)` \|.*\|([^|]*)\|$/gm);
  return new Map([...rows].map(([, name, alarm = '']) => [`ledger_gateway_${name}`, alarm.trim()]));
}
