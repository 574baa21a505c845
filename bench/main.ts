/** The benchmark as a command: `npm run bench -- --help`. It measures and shows; it judges nothing and fails nothing. */

import { cellsOf } from './cells.ts';
import { bulleted, writeComparison, writeDocument } from './document.ts';
import { feltTable } from './felt-report.ts';
import { feltSettings, hasFeltLoads } from './felt-rows.ts';
import { measureFelt } from './felt-run.ts';
import { pinLoad } from './launch.ts';
import { buildsOfOurs, isPeer, otherServers, type Server } from './line-up.ts';
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
const { isWritten, only, ours, matrix, hasMatrix, hasFelt, ...plan } = readCommandLine(parameters);
buildServers();
if (only.some(isPeer)) buildPeers();
if (only.includes('ours') && ours.length === 0) buildOurs();

const buildFolders = ours.length === 0 ? [rootFolder] : ours;
const createServers = (settings?: Readonly<Record<string, string>>): readonly Server[] => [
  ...otherServers(only),
  ...(only.includes('ours') ? buildsOfOurs(buildFolders, settings) : []),
];
const command = ['npm run bench', ...(parameters.length === 0 ? [] : ['--', ...parameters])].join(' ');
const machine = describeRun(command, new Date());
const { rounds } = plan;

const compare = async (): Promise<void> => {
  const servers = createServers();
  const serverNames = servers.map(({ name }) => name);
  const run = await runPlan({ servers, matrix, ...plan }, createProgress());
  const conditions = [
    ...machine,
    `Medians of ${rounds} rounds (least–greatest), ${plan.connections} connections`,
  ];
  console.log(conditions.join('\n'));
  for (const { server, cell, firstFailure } of run.samples) {
    if (firstFailure !== undefined)
      console.log(`Failed: ${cell.operation.name} of ${server}: ${firstFailure}`);
  }
  for (const refusal of run.refusals) console.log(`Not measured: ${refusal}`);
  for (const { variant, figures } of figuresByVariant(summarize(run.samples), cellsOf(matrix))) {
    console.log(`\n${variant}\n`);
    console.log(figuresTable(figures, serverNames));
  }
  const buildNames = serverNames.filter((name) => name.startsWith('ours'));
  if (buildNames.length > 1) console.log(`\n${buildsTable(run.samples, buildNames)}`);
  console.log(`\n${startsTable(run.starts, serverNames)}`);
  if (isWritten) writeComparison(run, matrix, serverNames, conditions);
};

const showFelt = async (): Promise<void> => {
  const servers = createServers(feltSettings).filter(hasFeltLoads);
  const samples = await measureFelt(servers, rounds, createProgress());
  const conditions = [...machine, `Medians of ${rounds} rounds (least–greatest)`];
  const table = feltTable(
    samples,
    servers.map(({ name }) => name),
  );
  console.log(`\n${conditions.join('\n')}`);
  for (const { server, row, firstFailure } of samples) {
    if (firstFailure !== undefined) console.log(`Failed: ${row.title} of ${server}: ${firstFailure}`);
  }
  console.log(`\n${table}`);
  if (isWritten) writeDocument({ felt: `${bulleted(conditions)}\n\n${table}` }, {});
};

pinLoad();
if (hasMatrix) await compare();
if (hasFelt) await showFelt();
