/** Counts the result of a whole check run: the tests of vitest's JSON report, and the other steps. Pure. */

/** One step of the check: an npm script, whether it passed, and its duration in seconds. */
export type Step = { readonly script: string; readonly passed: boolean; readonly seconds: number };

/** The two numbers of the closing line. */
export type Tally = { readonly passed: number; readonly failed: number };

const countOf = (report: unknown, key: string): number => {
  const count = (report as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return typeof count === 'number' ? count : 0;
};

/**
 * Adds failed steps to failed tests: a run whose lint fails has a failure. The step `coverage` runs the tests. It counts
 * only if it failed without a failed test, as for a missed threshold or a file that cannot be loaded. `report` is
 * `undefined` if there is none.
 */
export const tallyRun = (steps: readonly Step[], report: unknown): Tally => {
  const failedTests = countOf(report, 'numFailedTests');
  const failedSteps = steps.filter(
    ({ script, passed }) => !passed && (script !== 'coverage' || failedTests === 0),
  );
  return { passed: countOf(report, 'numPassedTests'), failed: failedTests + failedSteps.length };
};

/** The closing line, such as `412 passed, 0 failed`. */
export const closingLine = ({ passed, failed }: Tally): string => `${passed} passed, ${failed} failed`;

/** One line for each step, with its outcome and its seconds. */
export const summaryLines = (steps: readonly Step[]): readonly string[] =>
  steps.map(
    ({ script, passed, seconds }) =>
      `  ${passed ? 'ok    ' : 'FAILED'} ${script.padEnd(16)} ${seconds.toFixed(1).padStart(6)} s`,
  );
