/** The picture of a run while it goes on: a few lines that are drawn anew each second. Pure. */

import type { Progress } from './chaos.ts';
import type { Visit } from './visitor.ts';
import type { Watch } from './watch.ts';

/** What the board tells beside the progress itself. */
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

/** The board in one line, for an output that cannot be drawn over. */
export function boardLine(progress: Progress, settings: BoardSettings): string {
  const { kind, elapsedSeconds, visits, callsOfLastMinute } = progress;
  const done = `${clock(elapsedSeconds)} of ${clock(settings.totalSeconds)}`;
  return `${done}  ${kind.padEnd(14)} ${visits.length} operations: ${shares(visits)}; ${callsOfLastMinute} calls in 60 s`;
}

function shares(visits: readonly Visit[]): string {
  const share = (isMeant: (visit: Visit) => boolean) =>
    `${Math.round((100 * visits.filter(isMeant).length) / Math.max(1, visits.length))} %`;
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

/** The whole course, from zero, in so many columns. */
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
