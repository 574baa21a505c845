/**
 * How series are made: one prefix, one label at most with values from a fixed table, and every series there from the
 * start, so that rates see the first event. Knows prom-client, and nothing of what is measured.
 */

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What Prometheus is told of a metric, its name without our prefix. */
export type Family = { readonly name: string; readonly help: string };

/** A metric with one label, and all values that it can take. */
export type LabelledFamily<Label extends string = string> = Family & {
  readonly label: Label;
  readonly values: readonly string[];
};

/** Goes before every name of ours. The process's own keep the names that every dashboard knows. */
const prefix = 'ledger_gateway_';

/** A counter without a label, at zero. */
export function createCounter(registry: Registry, { name, help }: Family): Counter {
  return new Counter({ name: prefix + name, help, registers: [registry] });
}

/** A counter with a label, all of its series at zero. */
export function createCounters<Label extends string>(
  registry: Registry,
  { name, help, label, values }: LabelledFamily<Label>,
): Counter<Label> {
  const counter = new Counter({ name: prefix + name, help, labelNames: [label], registers: [registry] });
  for (const value of values) counter.labels(value).inc(0);
  return counter;
}

/** A histogram with a label, all of its series empty. `buckets` are upper bounds, ascending, in the metric's unit. */
export function createHistograms<Label extends string>(
  registry: Registry,
  { name, help, label, values }: LabelledFamily<Label>,
  buckets: readonly number[],
): Histogram<Label> {
  const registers = [registry];
  const histogram = new Histogram({
    name: prefix + name,
    help,
    labelNames: [label],
    buckets: [...buckets],
    registers,
  });
  for (const value of values) histogram.zero({ [label]: value } as Record<Label, string>);
  return histogram;
}

/** A gauge without a label, at zero, that is set as things happen. */
export function createGauge(registry: Registry, { name, help }: Family): Gauge {
  return new Gauge({ name: prefix + name, help, registers: [registry] });
}

/** A gauge without a label that is looked up at each scrape. */
export function addLookedUp(registry: Registry, { name, help }: Family, look: () => number): void {
  new Gauge({
    name: prefix + name,
    help,
    registers: [registry],
    collect() {
      this.set(look());
    },
  });
}

/** A gauge with a label, of which all series are looked up at each scrape; one that is not told of is 0. */
export function addLookedUpEach(
  registry: Registry,
  { name, help, label, values }: LabelledFamily,
  look: () => Readonly<Record<string, number>>,
): void {
  new Gauge({
    name: prefix + name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      const found = look();
      for (const value of values) this.set({ [label]: value }, found[value] ?? 0);
    },
  });
}
