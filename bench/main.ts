/** The benchmark as a command: `npm run bench -- --help`. It measures and shows; it judges nothing and fails nothing. */

import { cellsOf } from './cells.ts';
import { writeComparison } from './document.ts';
import { pinLoad } from './launch.ts';
import { buildsOfOurs, isPeer, otherServers } from './line-up.ts';
import { describeRun } from './machine.ts';
import { type Options, readOptions, usage } from './options.ts';
import { buildOurs, buildPeers, buildServers, rootFolder } from './prepare.ts';
import { canReadUsage } from './process-usage.ts';
import { createProgress } from './progress.ts';
import { runPlan } from './rounds.ts';
import { summarize } from './summary.ts';
import { buildsTable, figuresByVariant, figuresTable, startsTable } from './table.ts';

const readCommandLine = (parameters: readonly string[]): Options => {
  try {
    return readOptions(parameters);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exit(1);
  }
};

const parameters = process.argv.slice(2);
if (parameters.includes('--help')) {
  console.log(usage);
  process.exit();
}
if (!canReadUsage()) {
  console.error('The benchmark reads CPU time and memory from /proc: it needs Linux, a container will do.');
  process.exit(1);
}
const { isWritten, only, ours, matrix, ...plan } = readCommandLine(parameters);
buildServers();
if (only.some(isPeer)) buildPeers();
if (only.includes('ours') && ours.length === 0) buildOurs();

const builds = only.includes('ours') ? buildsOfOurs(ours.length === 0 ? [rootFolder] : ours) : [];
const servers = [...otherServers(only), ...builds];
const serverNames = servers.map(({ name }) => name);
pinLoad();
const run = await runPlan({ servers, matrix, ...plan }, createProgress());

const command = ['npm run bench', ...(parameters.length === 0 ? [] : ['--', ...parameters])].join(' ');
const conditions = [
  ...describeRun(command, new Date()),
  `Medians of ${plan.rounds} rounds (least–greatest), ${plan.connections} connections`,
];
console.log(conditions.join('\n'));
for (const { server, cell, firstFailure } of run.samples) {
  if (firstFailure !== undefined) console.log(`Failed: ${cell.operation.name} of ${server}: ${firstFailure}`);
}
for (const refusal of run.refusals) console.log(`Not measured: ${refusal}`);
for (const { variant, figures } of figuresByVariant(summarize(run.samples), cellsOf(matrix))) {
  console.log(`\n${variant}\n`);
  console.log(figuresTable(figures, serverNames));
}
const buildNames = builds.map(({ name }) => name);
if (builds.length > 1) console.log(`\n${buildsTable(run.samples, buildNames)}`);
console.log(`\n${startsTable(run.starts, serverNames)}`);
if (isWritten) writeComparison(run, matrix, serverNames, conditions);
