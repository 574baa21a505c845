/**
 * Runs every check, each an npm script, and ends with a summary. One that fails does not stop the rest: whoever
 * pushes learns of everything that is wrong at once.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { closingLine, type Step, summaryLines, tallyRun } from './tally.ts';

/** Run side by side, for none needs a whole machine; the steps of a lane one after the other. */
const lanes = [
  ['codegen:check', 'readme:check'],
  ['format:check', 'lint', 'types', 'unused'],
  // Either may have to install something, and apt lets in one at a time.
  ['chromium', 'redis'],
];

const command = (script: string) => ['run', '--silent', script];

const stepOf = async (script: string, run: () => Promise<boolean>): Promise<Step> => {
  const startedAt = performance.now();
  const passed = await run();
  return { script, passed, seconds: (performance.now() - startedAt) / 1000 };
};

/** What it says is shown when it has ended, so that steps do not talk at once. */
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

/** Runs with the machine to itself, and says what it does as it goes. */
const runAlone = (script: string): Promise<Step> =>
  stepOf(script, async () => {
    console.log(`\n▸ npm run ${script}`);
    const [status] = await once(spawn('npm', command(script), { stdio: 'inherit' }), 'close');
    return status === 0;
  });

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
const steps = [...(await Promise.all(lanes.map(runLane))).flat(), await runAlone('coverage')];
const tally = tallyRun(steps, readReport());
writeFileSync('coverage/closing-line.txt', `${closingLine(tally)}\n`);
console.log(`\n${summaryLines(steps).join('\n')}\n\n${closingLine(tally)}`);
process.exitCode = tally.failed === 0 ? 0 : 1;
