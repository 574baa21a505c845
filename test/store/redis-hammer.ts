/**
 * A process that calls as much as a shared budget lets it, for a while, and reports to its parent when each call began and
 * ended, in nanoseconds of the machine's own clock.
 */
import { argv } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { deriveRedisKeys } from '../../src/store/redis-keys.ts';
import { createRedisLink } from '../../src/store/redis-link.ts';
import { createSharedBudget } from '../../src/store/shared-budget.ts';

/** What the parent tells each process. */
export type HammerOrder = {
  readonly url: string;
  readonly callsPerMinute: number;
  readonly windowMs: number;
  readonly forMs: number;
};

/** What it is told at the end: calls as [start, end], and whether the budget was ever not shared. */
export type HammerReport = {
  readonly calls: readonly (readonly [string, string])[];
  readonly wasAlone: boolean;
};

const order: HammerOrder = JSON.parse(argv[2] ?? '');
// On a busy machine processes wait for each other, not for Redis.
const link = createRedisLink(order.url, 20_000);
const keys = deriveRedisKeys('a secret for tests that is long enough');
const budget = createSharedBudget({
  ...order,
  link,
  keys,
  replicas: 20,
  longestCallMs: 5000,
  now: () => performance.now(),
});
const calls: [string, string][] = [];
let wasAlone = false;
link.onChange(() => {
  wasAlone = true;
});

async function callOnce(): Promise<void> {
  const { permits, waitsMs } = await budget.take('one credential', 1, 0);
  if (permits[0] === undefined) return void (await pause(Math.min(waitsMs[0] ?? 0, 100) * Math.random()));
  const start = process.hrtime.bigint();
  await pause(Math.random() * 60);
  calls.push([String(start), String(process.hrtime.bigint())]);
  permits[0].release(true);
}

async function hammer(until: number): Promise<void> {
  while (performance.now() < until) await callOnce();
}

process.once('message', async () => {
  const until = performance.now() + order.forMs;
  await Promise.all([hammer(until), hammer(until)]);
  await link.close();
  process.send?.({ calls, wasAlone } satisfies HammerReport, () => process.disconnect());
});
process.send?.('ready');
