/**
 * Runs every check in turn, each an npm script, and ends with a summary. One that fails does not stop the
 * rest: whoever pushes learns of everything that is wrong at once.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { closingLine, type Step, summaryLines, tallyRun } from './tally.ts';

const scripts = [
  'format:check',
  'lint',
  'types',
  'unused',
  'codegen:check',
  'readme:check',
  'chromium',
  'redis',
  'coverage',
];

const runStep = (script: string): Step => {
  console.log(`\n▸ npm run ${script}`);
  const startedAt = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', script], { stdio: 'inherit' });
  return { script, passed: status === 0, seconds: (performance.now() - startedAt) / 1000 };
};

/** The tests' report, or `undefined` when the run broke off before it was written. */
const readReport = (): unknown => {
  try {
    return JSON.parse(readFileSync('coverage/report.json', 'utf8'));
  } catch {
    return undefined;
  }
};

// A report left by an earlier run must not speak for this one.
rmSync('coverage', { recursive: true, force: true });
const steps = scripts.map(runStep);
const tally = tallyRun(steps, readReport());
writeFileSync('coverage/closing-line.txt', `${closingLine(tally)}\n`);
console.log(`\n${summaryLines(steps).join('\n')}\n\n${closingLine(tally)}`);
process.exitCode = tally.failed === 0 ? 0 : 1;
