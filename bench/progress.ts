/** Shows how far a run is: over the last line where that is possible, else a line now and then. */

/** Called before each step, with what it is and how many of how many are done. */
export type ShowProgress = (step: string, done: number, total: number) => void;

const lineEveryMs = 15_000;

/** A display on the standard error, so that the tables alone are on the standard output. */
export function createProgress(): ShowProgress {
  const startedAt = performance.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  return (step, done, total) => {
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const line = `${seconds} s, step ${done + 1} of ${total}: ${step}`;
    if (process.stderr.isTTY) {
      process.stderr.write(`\r\u001b[2K${line}${done + 1 === total ? '\n' : ''}`);
    } else if (performance.now() > shownAt + lineEveryMs) {
      shownAt = performance.now();
      process.stderr.write(`${line}\n`);
    }
  };
}
