/** How the cost of a request grows with its work, as a command: `npm run bench:growth`, which writes its part of the document. */

import { parseArgs } from 'node:util';
import { bulleted, writeDocument } from './document.ts';
import { growthTables, plotGrowth } from './growth-report.ts';
import { measureGrowth } from './growth-run.ts';
import { pinLoad } from './launch.ts';
import { buildsOfOurs } from './line-up.ts';
import { describeRun } from './machine.ts';
import { buildOurs, buildServers, rootFolder } from './prepare.ts';
import { createProgress } from './progress.ts';

const usage =
  'npm run bench:growth -- [--rounds 3] [--slice 1000] [--print]: with --print nothing is written';

const readCommandLine = () => {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '3' },
        slice: { type: 'string', default: '1000' },
        print: { type: 'boolean', default: false },
      },
    });
    const extent = { rounds: Number(values.rounds), sliceMs: Number(values.slice) };
    if (!(extent.rounds >= 1 && extent.sliceMs >= 1)) throw new Error('Expected numbers from 1 on');
    return { ...extent, isOnlyPrinted: values.print };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n${usage}`);
    process.exit(1);
  }
};

const { isOnlyPrinted, ...extent } = readCommandLine();
buildServers();
buildOurs();
pinLoad();
const [server] = buildsOfOurs([rootFolder], { MAX_OPERATION_SIZE: '20000' });
if (server === undefined) throw new Error('Expected a build');
const points = await measureGrowth(server, extent, createProgress());
const command = [
  'npm run bench:growth',
  ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : []),
];
const conditions = [
  ...describeRun(command.join(' '), new Date()),
  `Medians of ${extent.rounds} rounds (least–greatest), all customers different, no cache, upstream 0 ms`,
];
const tables = growthTables(points);
console.log(`${conditions.join('\n')}\n\n${tables}`);
if (!isOnlyPrinted) {
  writeDocument({ growth: `${bulleted(conditions)}\n\n${tables}` }, { 'growth.svg': plotGrowth(points) });
}
