/** Half a minute of chaos with the real server. `npm run chaos` runs for longer. */

import { expect, it } from 'vitest';
import { builtPath } from '../built-path.ts';
import { runChaos } from './chaos.ts';
import { findingsOf } from './verdict.ts';
import { shortPlan } from './weather.ts';

/** Always the same, so that a failure repeats. The command takes other seeds. */
const seed = 1;

it('gives callers the right balances or the error of the injected fault, within the budget', async () => {
  const plan = { ...shortPlan(seed), command: ['--enable-source-maps', builtPath('src/main.ts')] };
  const verdict = await runChaos(plan, () => undefined);
  expect(findingsOf(verdict).slice(0, 20)).toEqual([]);
  // Proves that there was chaos.
  const { operations, faults, codes, breakerOpenings, aloneSamples, mostPerMinute } = verdict;
  expect(Object.keys(faults).length).toBeGreaterThan(10);
  expect(Object.keys(codes).length).toBeGreaterThan(3);
  expect(Math.min(operations.whole, operations['ended early'], operations.left)).toBeGreaterThan(0);
  expect(verdict.finished).toBeGreaterThan(50);
  expect([breakerOpenings > 0, aloneSamples > 0]).toEqual([true, true]);
  expect(mostPerMinute).toBeGreaterThan(plan.callsPerMinute / 3);
}, 120_000);
