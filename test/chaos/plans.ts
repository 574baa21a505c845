/** The two runs: the short one of every test run, and the long one for whoever wants to see. Pure. */

import { createRandom } from '../../src/sandbox/faults/random.ts';
import type { WeatherKind } from './weather.ts';

/** What is to happen. The same seed gives the same people, errands and draws; the timing is the machine's. */
export type ChaosPlan = {
  readonly seed: number;
  readonly visitors: number;
  /** Milliseconds that a visitor thinks between two operations, at most, unless there is a rush. */
  readonly thinkMs: number;
  readonly callsPerMinute: number;
  readonly phases: readonly { readonly kind: WeatherKind; readonly seconds: number }[];
  /** The command line of a replica, after `node`. */
  readonly command: readonly string[];
};

type Phase = ChaosPlan['phases'][number];

/**
 * Half a minute with every kind of trouble once. The outage comes first: it must be seen to open a breaker. The rush comes last: it spends what is left of the budget.
 */
export function shortPlan(seed: number): Omit<ChaosPlan, 'command'> {
  return {
    seed,
    visitors: 16,
    thinkMs: 500,
    callsPerMinute: 1500,
    phases: [
      { kind: 'calm', seconds: 1 },
      { kind: 'outage', seconds: 3 },
      { kind: 'drizzle', seconds: 6 },
      { kind: 'no tokens', seconds: 2.5 },
      { kind: 'without Redis', seconds: 3 },
      { kind: 'calm', seconds: 1 },
      { kind: 'gale', seconds: 3 },
      { kind: 'rush', seconds: 4 },
    ],
  };
}

/** A minute of drizzle to warm up, then all kinds in an order drawn by the seed, until `minutes` are over. */
export function longPlan(seed: number, minutes: number): Omit<ChaosPlan, 'command'> {
  const random = createRandom(seed);
  const phases: Phase[] = [{ kind: 'drizzle', seconds: 60 }];
  while (secondsOf(phases) < minutes * 60) phases.push(...shuffled(oneRound, random));
  return { seed, visitors: 16, thinkMs: 1200, callsPerMinute: 2400, phases: cutAfter(phases, minutes * 60) };
}

/** Rushes spend the whole budget, after which there is little weather to be seen for a minute: there is one a round. */
const oneRound: readonly Phase[] = [
  { kind: 'calm', seconds: 15 },
  { kind: 'drizzle', seconds: 40 },
  { kind: 'gale', seconds: 20 },
  { kind: 'no tokens', seconds: 15 },
  { kind: 'without Redis', seconds: 20 },
  { kind: 'frozen out', seconds: 10 },
  { kind: 'outage', seconds: 25 },
  { kind: 'drizzle', seconds: 25 },
  { kind: 'without Redis', seconds: 5 },
  { kind: 'rush', seconds: 10 },
];

function shuffled(phases: readonly Phase[], random: () => number): Phase[] {
  const drawn = phases.map((phase) => ({ phase, place: random() }));
  return drawn.sort((a, b) => a.place - b.place).map(({ phase }) => phase);
}

function cutAfter(phases: readonly Phase[], seconds: number): Phase[] {
  let left = seconds;
  return phases.flatMap(({ kind, seconds: wanted }: { kind: WeatherKind; seconds: number }) => {
    const given = Math.min(wanted, left);
    left -= given;
    return given > 0 ? [{ kind, seconds: given }] : [];
  });
}

/** How long a plan takes, without what comes before and after it. */
export function secondsOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}
