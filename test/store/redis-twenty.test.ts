/** Twenty processes at one door: no window ever sees a call too many, and the budget is used up. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { builtPath } from '../built-path.ts';
import type { HammerOrder, HammerReport } from './redis-hammer.ts';
import { startRedis } from './redis-server.ts';

type Call = { readonly start: number; readonly end: number };

function startHammer(order: HammerOrder): ChildProcess {
  const child = fork(builtPath('test/store/redis-hammer.ts'), [JSON.stringify(order)], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function reportOf(child: ChildProcess): Promise<HammerReport> {
  const reported = once(child, 'message');
  child.send('go');
  const [report] = await reported;
  return report;
}

/** The most calls that can have been counted in any window, each at whatever moment between its start and its end. */
function mostInAnyWindow(calls: readonly Call[], windowMs: number): number {
  const overlapping = ({ end: moment }: Call) =>
    calls.filter(({ start, end }) => end >= moment && start < moment + windowMs).length;
  return Math.max(...calls.map(overlapping));
}

it('twenty processes never make more calls in any window than allowed, over all of them', async () => {
  const { url } = await startRedis();
  const order = { url, callsPerMinute: 50, windowMs: 1000, forMs: 4000 };
  const children = Array.from({ length: 20 }, () => startHammer(order));
  await Promise.all(children.map((child) => once(child, 'message')));
  const reports = await Promise.all(children.map(reportOf));
  const milliseconds = (moment: string) => Number(BigInt(moment) / 1000n) / 1000;
  const calls = reports.flatMap((report) =>
    report.calls.map(([start, end]) => ({ start: milliseconds(start), end: milliseconds(end) })),
  );
  expect(reports.filter(({ wasAlone }) => wasAlone)).toEqual([]);
  expect(mostInAnyWindow(calls, order.windowMs)).toBeLessThanOrEqual(50);
  // Fewer than the four windows allow, because processes also wait for each other; but no standstill.
  expect(calls.length).toBeGreaterThanOrEqual(100);
  expect(reports.filter((report) => report.calls.length > 0).length).toBeGreaterThan(15);
}, 60_000);
