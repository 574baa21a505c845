/** The picture of a run while it goes on, and the table at its end. Pure. */

import type { Progress } from './chaos.ts';
import type { Watch } from './replica.ts';
import { findingMeanings, findingsOf, type Tally, type Verdict } from './verdict.ts';
import type { Visit } from './visitor.ts';

type Finding = keyof typeof findingMeanings;

/** Findings that the report lists. */
const mostListed = 40;

/** The lines of the report. */
export function reportLines(verdict: Verdict, callsPerMinute: number): string[] {
  const { operations, entries, finished } = verdict;
  const found = findingsOf(verdict);
  return [
    '',
    table(['operations', 'number'], rowsOf(operations)),
    `${entries} entries compared with the model, ${finished} lists walked to their end.`,
    '',
    table(['fault → predicted code', 'calls'], rowsOf(sorted(verdict.faults))),
    table(['code', 'times'], rowsOf(sorted(verdict.codes))),
    table(['promise', 'measured', 'broken'], promiseRows(verdict, callsPerMinute)),
    ...found.slice(0, mostListed),
    ...(found.length > mostListed ? [`and ${found.length - mostListed} more`] : []),
  ];
}

function promiseRows(verdict: Verdict, callsPerMinute: number): string[][] {
  const measured: Readonly<Record<Finding, string>> = {
    balances: `${verdict.entries} entries`,
    codes: `${sumOf(verdict.codes)} codes, slowest answer ${Math.round(verdict.slowestMs)} ms`,
    budget: `${verdict.mostPerMinute} calls at most in 60 s, ${callsPerMinute} allowed, ${verdict.calls} in all`,
    breaker: `${verdict.breakerOpenings} openings`,
    leftovers: 'after the load, against before',
    memory: verdict.memoryGrowth.map((ratio) => `× ${ratio.toFixed(2)}`).join(', ') || 'the run is too short',
    log: 'all lines',
    exits: 'SIGTERM',
  };
  return Object.entries(measured).map(([name, value]) => [
    findingMeanings[name as Finding],
    value,
    String(verdict.findings[name as Finding].length),
  ]);
}

function rowsOf(tally: Tally): string[][] {
  return Object.entries(tally).map(([name, count]) => [name, String(count)]);
}

function sorted(tally: Tally): Tally {
  return Object.fromEntries(Object.entries(tally).sort(([a], [b]) => a.localeCompare(b)));
}

function sumOf(tally: Tally): number {
  return Object.values(tally).reduce((sum, count) => sum + count, 0);
}

/** Columns as wide as their widest cell. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line), ''].join('\n');
}

/** What the board shows besides the progress. */
export type BoardSettings = {
  readonly seed: number;
  readonly totalSeconds: number;
  readonly callsPerMinute: number;
};

const barWidth = 40;
const curveWidth = 40;

/** The lines of the board. */
export function drawBoard(
  progress: Progress,
  { seed, totalSeconds, callsPerMinute }: BoardSettings,
): string[] {
  const { kind, elapsedSeconds, visits, watch, callsOfLastMinute } = progress;
  const elapsed = Math.min(elapsedSeconds, totalSeconds);
  return [
    `Chaos, seed ${seed}   ${bar(elapsed / totalSeconds)} ${clock(elapsed)} of ${clock(totalSeconds)}   weather: ${kind}`,
    `  budget      ${bar(callsOfLastMinute / callsPerMinute)} ${callsOfLastMinute} of ${callsPerMinute} calls in the last 60 s`,
    `  operations  ${visits.length}: ${shares(visits)}`,
    ...statesOf(watch),
  ];
}

/** The board in one line, for an output that is no terminal. */
export function boardLine(progress: Progress, settings: BoardSettings): string {
  const { kind, elapsedSeconds, visits, callsOfLastMinute } = progress;
  const done = `${clock(elapsedSeconds)} of ${clock(settings.totalSeconds)}`;
  return `${done}  ${kind.padEnd(14)} ${visits.length} operations: ${shares(visits)}; ${callsOfLastMinute} calls in 60 s`;
}

function shares(visits: readonly Visit[]): string {
  const share = (isCounted: (visit: Visit) => boolean) =>
    `${Math.round((100 * visits.filter(isCounted).length) / Math.max(1, visits.length))} %`;
  const wrong = visits.filter(({ wrongs }) => wrongs.length > 0).length;
  return [
    `whole ${share(({ seen, errors }) => errors === 0 && seen.codes.length === 0 && !seen.hasLeft)}`,
    `ended early ${share(({ seen, errors }) => errors === 0 && seen.codes.length > 0)}`,
    `with errors ${share(({ errors }) => errors > 0)}`,
    `left ${share(({ seen }) => seen.hasLeft)}`,
    `wrong ${wrong}`,
  ].join(', ');
}

/** A line for each replica: its states, and the curve of its memory. */
function statesOf({ samples, holdings }: Watch): string[] {
  const replicas = [...new Set(samples.map(({ replica }) => replica))].sort();
  return replicas.map((replica) => {
    const now = samples.findLast((sample) => sample.replica === replica);
    const memory = holdings.filter((holding) => holding.replica === replica).map((holding) => holding.memory);
    const megabytes = Math.round((memory.at(-1) ?? 0) / 1e6);
    const state = `breaker ${now?.breaker ?? '?'}, budget ${now?.sharing ?? '?'}`.padEnd(34);
    return `  replica ${replica}   ${state} ${curve(memory)} ${megabytes} MB`;
  });
}

function bar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * barWidth);
  return `▕${'█'.repeat(full)}${'·'.repeat(barWidth - full)}▏`;
}

const heights = '▁▂▃▄▅▆▇█';

/** All values in 40 columns, from zero. */
function curve(values: readonly number[]): string {
  const highest = Math.max(1, ...values);
  const columns = Math.min(curveWidth, values.length);
  return Array.from({ length: columns }, (_, column) => {
    const value = values[Math.floor(((column + 1) * values.length) / columns) - 1] ?? 0;
    return heights[Math.round((value / highest) * (heights.length - 1))];
  }).join('');
}

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
