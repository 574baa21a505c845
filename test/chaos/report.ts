/** The table that a run ends with: each promise, what was measured, and whether it was kept. Pure. */

import { findingMeanings, findingsOf, type Tally, type Verdict } from './verdict.ts';

type Finding = keyof typeof findingMeanings;

/** How many findings are told one by one. */
const mostTold = 40;

/** The lines of the report. */
export function reportLines(verdict: Verdict, callsPerMinute: number): string[] {
  const { operations, entries, finished } = verdict;
  const found = findingsOf(verdict);
  return [
    '',
    table(['operations', 'number'], rowsOf(operations)),
    `${entries} entries held against the model, ${finished} lists walked to their end.`,
    '',
    table(['fault → predicted code', 'calls'], rowsOf(sorted(verdict.faults))),
    table(['code told', 'times'], rowsOf(sorted(verdict.codes))),
    table(['promise', 'measured', 'broken'], promiseRows(verdict, callsPerMinute)),
    ...found.slice(0, mostTold),
    ...(found.length > mostTold ? [`and ${found.length - mostTold} more`] : []),
  ];
}

function promiseRows(verdict: Verdict, callsPerMinute: number): string[][] {
  const measured: Readonly<Record<Finding, string>> = {
    balances: `${verdict.entries} entries`,
    codes: `${sumOf(verdict.codes)} codes, slowest answer ${Math.round(verdict.slowestMs)} ms`,
    budget: `${verdict.mostPerMinute} calls at most in 60 s, ${callsPerMinute} allowed, ${verdict.calls} in all`,
    breaker: `${verdict.breakerOpenings} openings`,
    leftovers: 'after the load, against before',
    memory:
      verdict.memoryGrowth.map((ratio) => `× ${ratio.toFixed(2)}`).join(', ') || 'too short a run to tell',
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

/** Columns as wide as what stands in them. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd();
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line), ''].join('\n');
}
