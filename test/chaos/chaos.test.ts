/** Half a minute of chaos with the real server: see `npm run chaos` for as long as one likes. */

import { expect, it } from 'vitest';
import { builtPath } from '../built-path.ts';
import { runChaos } from './chaos.ts';
import { shortPlan } from './plans.ts';
import { findingsOf } from './verdict.ts';

/** Always the same, so that who breaks it sees it break; the command draws others. */
const seed = 1;

it('whatever goes wrong upstream, callers get the right balances or the error that it predicts, within the budget', async () => {
  const plan = { ...shortPlan(seed), command: ['--enable-source-maps', builtPath('src/main.ts')] };
  const verdict = await runChaos(plan, () => undefined);
  expect(findingsOf(verdict).slice(0, 20)).toEqual([]);
  // That there was any chaos at all.
  const { operations, faults, codes, breakerOpenings, aloneSamples, mostPerMinute } = verdict;
  expect(Object.keys(faults).length).toBeGreaterThan(10);
  expect(Object.keys(codes).length).toBeGreaterThan(4);
  expect(Math.min(operations.whole, operations['ended early'], operations.left)).toBeGreaterThan(0);
  expect(verdict.finished).toBeGreaterThan(50);
  expect([breakerOpenings > 0, aloneSamples > 0]).toEqual([true, true]);
  expect(mostPerMinute).toBeGreaterThan(plan.callsPerMinute / 3);
}, 120_000);
