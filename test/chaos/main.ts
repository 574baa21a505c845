/**
 * Chaos as a command: `npm run chaos -- [minutes] [seed]`. It draws its progress and ends with a table. The exit code is 1
 * if a promise was broken.
 */

import { type Progress, runChaos } from './chaos.ts';
import { boardLine, drawBoard, reportLines } from './report.ts';
import { findingsOf } from './verdict.ts';
import { longPlan, secondsOf } from './weather.ts';

const usualMinutes = 11; // One to warm up, ten to compare with.
const [minutes = usualMinutes, seed = 1] = process.argv.slice(2).map(Number);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('npm run chaos -- [minutes, more than 0] [seed, a whole number]');
  process.exit(1);
}
const plan = { ...longPlan(seed, minutes), command: ['--enable-source-maps', 'dist/main.js'] };
const settings = {
  seed,
  totalSeconds: secondsOf(plan.phases),
  callsPerMinute: plan.callsPerMinute,
};

const lineEverySeconds = 15;
let drawn = 0;
let lastLineAt = Number.NEGATIVE_INFINITY;

/** Draws over the last picture in a terminal. Elsewhere it prints a line now and then. */
function show(progress: Progress): void {
  if (process.stdout.isTTY) {
    const lines = drawBoard(progress, settings);
    process.stdout.write(
      `${drawn > 0 ? `\u001b[${drawn}A` : ''}${lines.map((line) => `\u001b[2K${line}\n`).join('')}`,
    );
    drawn = lines.length;
  } else if (progress.elapsedSeconds >= lastLineAt + lineEverySeconds) {
    lastLineAt = progress.elapsedSeconds;
    console.log(boardLine(progress, settings));
  }
}

const startedAt = new Date();
const verdict = await runChaos(plan, show);
console.log(reportLines(verdict, plan.callsPerMinute).join('\n'));
const seconds = Math.round((Date.now() - startedAt.getTime()) / 1000);
console.log(
  `Node ${process.version}, seed ${seed}, ${seconds} s: ${findingsOf(verdict).length} promises broken`,
);
process.exitCode = findingsOf(verdict).length === 0 ? 0 : 1;
