/** The command line of the benchmark. Pure. */

import { parseArgs } from 'node:util';
import type { Matrix, Sharing } from './cells.ts';
import { otherNames } from './line-up.ts';
import { operations } from './operations.ts';

/** What was asked for. */
export type Options = {
  /** Whether the figures go into the document. */
  readonly isWritten: boolean;
  /** Names of servers, `ours` among them or not. */
  readonly only: readonly string[];
  /** Folders with builds of ours; none: this checkout. */
  readonly ours: readonly string[];
  readonly matrix: Matrix;
  readonly rounds: number;
  readonly connections: number;
  readonly sliceMs: number;
  readonly warmUpMs: number;
  readonly hasStarts: boolean;
  /** Which parts are measured: the matrix, and what a user feels. */
  readonly hasMatrix: boolean;
  readonly hasFelt: boolean;
};

/** What a run without options measures: everything, in less than a quarter of an hour. */
const wholeRun = [
  '--customers=different,identical',
  '--cache=off,on',
  '--latency=0,50',
  '--slice=600',
  '--starts',
  '--felt',
];

/** How to use the command, for `--help` and after a mistake. */
export const usage = `npm run bench -- [options]

Without options everything is measured, in less than a quarter of an hour, and docs/performance.md is written. Any option makes it
a look at a part: --write writes that as well.

  --only ours,proxy         servers (default: all): ours, ${otherNames.join(', ')}
  --operations Q1,Q2        operations (default: all): ${operations.map(({ name }) => name).join(', ')}
  --rounds 3                rounds; each figure is the median over them
  --ours <folder>           a build of ours: a folder with dist/main.js; several are measured side by side
                            (default: this checkout, built anew)
  --customers different     different, identical, or both by comma
  --cache off               off, on, or both by comma
  --latency 0               milliseconds of the upstream, or several by comma
  --connections 32          connections of the load
  --slice 1000              milliseconds of one measurement
  --warm-up 2000            milliseconds of each operation before the first measurement
  --starts                  start every server once more in each round, for its time to the first answer
  --felt                    what a user feels, in place of the matrix: only --only, --ours, --rounds and --write count
  --write                   write the figures into docs/performance.md`;

const optionTypes = {
  only: { type: 'string', default: ['ours', ...otherNames].join() },
  operations: { type: 'string', default: operations.map(({ name }) => name).join() },
  rounds: { type: 'string', default: '3' },
  ours: { type: 'string', multiple: true },
  customers: { type: 'string', default: 'different' },
  cache: { type: 'string', default: 'off' },
  latency: { type: 'string', default: '0' },
  connections: { type: 'string', default: '32' },
  slice: { type: 'string', default: '1000' },
  'warm-up': { type: 'string', default: '2000' },
  starts: { type: 'boolean', default: false },
  felt: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
} as const;

/** The items of a list, each of which must be one of those known. */
const listOf = <Known extends string>(
  name: string,
  text: string,
  known: readonly Known[],
): readonly Known[] =>
  text.split(',').map((item) => {
    const found = known.find((each) => each === item);
    if (found === undefined) throw new Error(`--${name} takes ${known.join(', ')}; got ${item}`);
    return found;
  });

const wholeNumber = (name: string, text: string, least: number): number => {
  const number = Number(text);
  if (text === '' || !Number.isSafeInteger(number) || number < least) {
    throw new Error(`--${name} takes whole numbers from ${least} on; got ${text}`);
  }
  return number;
};

const readMatrix = (
  values: Readonly<Record<'operations' | 'customers' | 'cache' | 'latency', string>>,
): Matrix => {
  const names = listOf(
    'operations',
    values.operations,
    operations.map(({ name }) => name),
  );
  const sharings: readonly Sharing[] = ['different', 'identical'];
  return {
    operations: operations.filter(({ name }) => names.includes(name)),
    sharings: listOf('customers', values.customers, sharings),
    caches: listOf('cache', values.cache, ['off', 'on']).map((cache) => cache === 'on'),
    latenciesMs: values.latency.split(',').map((text) => wholeNumber('latency', text, 0)),
  };
};

/** Reads the command line. Throws an Error that says what it takes. */
export function readOptions(parameters: readonly string[]): Options {
  const isWhole = parameters.length === 0;
  const { values } = parseArgs({ args: isWhole ? wholeRun : [...parameters], options: optionTypes });
  return {
    isWritten: isWhole || values.write,
    only: listOf('only', values.only, ['ours', ...otherNames]),
    ours: values.ours ?? [],
    matrix: readMatrix(values),
    rounds: wholeNumber('rounds', values.rounds, 1),
    connections: wholeNumber('connections', values.connections, 1),
    sliceMs: wholeNumber('slice', values.slice, 1),
    warmUpMs: wholeNumber('warm-up', values['warm-up'], 1),
    hasStarts: values.starts,
    hasMatrix: isWhole || !values.felt,
    hasFelt: values.felt,
  };
}
