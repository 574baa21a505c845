/**
 * Creates metrics with prom-client. All names have one prefix. A metric has at most one label, with values from a fixed
 * table. Every series exists from the start, so that a rate includes the first event.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The prefix of all our names. Node's own metrics keep their usual names, which dashboards know. */
const prefix = 'ledger_gateway_';

/**
 * Upper bounds of durations, in seconds. A cached answer takes milliseconds; an operation takes at most the 30 s of
 * OPERATION_TIMEOUT_MS, and a call the 10 s of UPSTREAM_TIMEOUT_MS. At 0.25 s people notice a delay, at 1 s they leave.
 */
const durationBuckets: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Name, without our prefix, and help text. */
type Family = { readonly name: string; readonly help: string };

/** A metric with one label, and all values that the label can take. */
type Labelled<Value extends string> = Family & { readonly label: string; readonly values: readonly Value[] };

/** Adds metrics to a registry. */
export type Series = ReturnType<typeof createSeries>;

export function createSeries(registry: Registry) {
  const optionsOf = ({ name, help }: Family) => ({ name: prefix + name, help, registers: [registry] });
  return {
    /** Adds a counter without a label. Returns a function that counts one event. */
    addCounter(family: Family): () => void {
      const counter = new Counter(optionsOf(family));
      return () => counter.inc();
    },

    /** Adds a counter with a label. Returns a function that counts one or more events of a label value. */
    addCounters<Value extends string>(family: Labelled<Value>): (value: Value, count?: number) => void {
      const { label, values } = family;
      const counter = new Counter({ ...optionsOf(family), labelNames: [label] });
      for (const value of values) counter.inc({ [label]: value }, 0);
      return (value, count = 1) => {
        if (count > 0) counter.inc({ [label]: value }, count);
      };
    },

    /**
     * Adds a histogram of durations with a label. Returns a function that takes a duration in milliseconds. `buckets` are
     * in seconds. prom-client only writes the tallies: its `observe` makes texts of labels and bounds, several times a request.
     * It has no name for this, but it writes what is in `hashMap`.
     */
    addDurations<Value extends string>(
      family: Labelled<Value> & { readonly buckets?: readonly number[] },
    ): (value: Value, durationMs: number) => void {
      const { label, values, buckets = durationBuckets } = family;
      const histogram = new Histogram({ ...optionsOf(family), labelNames: [label], buckets: [...buckets] });
      const tallies = new Map(values.map((value) => [value, createTally({ [label]: value }, buckets)]));
      Object.assign(histogram, { hashMap: Object.fromEntries(tallies) });
      return (value, durationMs) => tallies.get(value)?.add(durationMs / 1000);
    },

    /** Adds a gauge without a label; `read` is called at each scrape. */
    addGauge({ read, ...family }: Family & { readonly read: () => number }): void {
      const gauge: Gauge = new Gauge({ ...optionsOf(family), collect: () => gauge.set(read()) });
    },

    /** Adds a gauge with a label; `read` is called at each scrape. A label value that `read` leaves out is 0. */
    addGauges<Value extends string>(
      family: Labelled<Value> & { readonly read: () => Readonly<Record<string, number>> },
    ): void {
      const { label, values, read } = family;
      const gauge = new Gauge({
        ...optionsOf(family),
        labelNames: [label],
        collect() {
          const found = read();
          for (const value of values) gauge.set({ [label]: value }, found[value] ?? 0);
        },
      });
    },
  };
}

/** The durations of one label value, as prom-client keeps them. A bucket does not include those before it. */
function createTally(labels: Readonly<Record<string, string>>, buckets: readonly number[]) {
  const names = buckets.map(String);
  return {
    labels,
    bucketValues: Object.fromEntries(names.map((name) => [name, 0])),
    sum: 0,
    count: 0,
    add(seconds: number): void {
      this.sum += seconds;
      this.count += 1;
      const name = names[buckets.findIndex((bound) => seconds <= bound)];
      if (name !== undefined) this.bucketValues[name] = (this.bucketValues[name] ?? 0) + 1;
    },
  };
}
