/** The closing line of a check run: what counts as passed and what as failed. */

import { describe, expect, it } from 'vitest';
import { closingLine, type Step, summaryLines, tallyRun } from '../../.ci/tally.ts';

const step = (script: string, passed: boolean): Step => ({ script, passed, seconds: 1.25 });
const report = { numPassedTests: 40, numFailedTests: 2, numPendingTests: 1 };

describe('tallyRun', () => {
  it('counts passed and failed tests, and does not count the failed test run again', () => {
    expect(tallyRun([step('lint', true), step('coverage', false)], report)).toEqual({
      passed: 40,
      failed: 2,
    });
  });

  it('counts every other step that failed', () => {
    const steps = [step('lint', false), step('types', false), step('coverage', true)];
    expect(tallyRun(steps, { ...report, numFailedTests: 0 })).toEqual({ passed: 40, failed: 2 });
  });

  it.each([
    ['a coverage threshold is missed', { numPassedTests: 40, numFailedTests: 0 }, 40],
    ['the run broke off before its report', undefined, 0],
    ['the report is none', 'x', 0],
    ['the report is null', null, 0],
  ])('counts a failed test run when %s', (_, given, passed) => {
    expect(tallyRun([step('coverage', false)], given)).toEqual({ passed, failed: 1 });
  });
});

describe('what is printed', () => {
  it('ends with the line that CI reads', () => {
    expect(closingLine({ passed: 412, failed: 0 })).toBe('412 passed, 0 failed');
  });

  it('names every step with its outcome and seconds', () => {
    expect(summaryLines([step('lint', true), step('coverage', false)])).toEqual([
      '  ok     lint                1.3 s',
      '  FAILED coverage            1.3 s',
    ]);
  });
});
