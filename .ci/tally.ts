/**
 * Counts what a whole check run came to: the tests as vitest's JSON report has them, and the other steps.
 * Runs nothing and reads nothing.
 */

/** One step of the check: an npm script, whether it ended well, and how long it took, in seconds. */

export type Step = { readonly script: string; readonly passed: boolean; readonly seconds: number };

/** The two numbers of the closing line. */
export type Tally = { readonly passed: number; readonly failed: number };

const countOf = (report: unknown, key: string): number => {
  const count = (report as Readonly<Record<string, unknown>> | null | undefined)?.[key];
  return typeof count === 'number' ? count : 0;
};

/**
 * Adds failed steps to failed tests, so that a run whose tests all pass but whose lint fails has a failure.
 * The step `coverage`, which runs the tests, counts by itself only when it failed without a failed test: a
 * file that cannot be loaded, or a coverage threshold that is missed. `report` is vitest's JSON report;
 * `undefined` when there is none.
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
      `  ${passed ? 'ok    ' : 'FAILED'} ${script.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s`,
  );
