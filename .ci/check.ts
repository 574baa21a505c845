/**
 * Runs every check, each an npm script, and ends with a summary. A check that fails does not stop the others, so one
 * run shows everything that is wrong.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { closingLine, type Step, summaryLines, tallyRun } from './tally.ts';

/** The lanes run side by side, the steps of a lane one after the other. No step needs a whole machine. */
const lanes = [
  ['codegen:check', 'readme:check'],
  // `types` installs the packages that the last two need.
  ['format:check', 'lint', 'types', 'unused', 'schema:check', 'operations:check'],
  // Both may install something, and apt runs once at a time.
  ['chromium', 'redis'],
];

const command = (script: string) => ['run', '--silent', script];

const stepOf = async (script: string, run: () => Promise<boolean>): Promise<Step> => {
  const startedAt = performance.now();
  const passed = await run();
  return { script, passed, seconds: (performance.now() - startedAt) / 1000 };
};

/** Prints the output of a step when the step has ended, so that outputs do not mix. */
const runAside = (script: string): Promise<Step> =>
  stepOf(script, async () => {
    const child = spawn('npm', command(script), { stdio: ['ignore', 'pipe', 'pipe'] });
    const [[status], stdout, stderr] = await Promise.all([
      once(child, 'close'),
      text(child.stdout),
      text(child.stderr),
    ]);
    console.log(`\n▸ npm run ${script}\n${stdout}${stderr}`.trimEnd());
    return status === 0;
  });

const runLane = async (scripts: readonly string[]): Promise<Step[]> => {
  const steps: Step[] = [];
  for (const script of scripts) steps.push(await runAside(script));
  return steps;
};

/** Runs a step that needs the whole machine, and prints its output at once. */
const runAlone = (script: string): Promise<Step> =>
  stepOf(script, async () => {
    console.log(`\n▸ npm run ${script}`);
    const [status] = await once(spawn('npm', command(script), { stdio: 'inherit' }), 'close');
    return status === 0;
  });

/** The report of the tests, or `undefined` if the run broke off before it wrote one. */
const readReport = (): unknown => {
  try {
    return JSON.parse(readFileSync('coverage/report.json', 'utf8'));
  } catch {
    return undefined;
  }
};

// The report of an earlier run must not count for this one.
rmSync('coverage', { recursive: true, force: true });
const steps = [...(await Promise.all(lanes.map(runLane))).flat(), await runAlone('coverage')];
const tally = tallyRun(steps, readReport());
writeFileSync('coverage/closing-line.txt', `${closingLine(tally)}\n`);
console.log(`\n${summaryLines(steps).join('\n')}\n\n${closingLine(tally)}`);
process.exitCode = tally.failed === 0 ? 0 : 1;
