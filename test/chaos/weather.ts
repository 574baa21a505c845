/** The mixes of faults, and the plans that put them in order: a short one for the tests, a long one for the command. Pure. */

import type { Fault } from '../../src/sandbox/faults/faults.ts';
import { createRandom } from '../../src/sandbox/faults/random.ts';

/** One mix of faults. */
export type Weather = {
  readonly faults: readonly Fault[];
  /** Whether Redis runs. */
  readonly hasRedis: boolean;
  /** Whether all tokens are revoked when it begins. */
  readonly revokesTokens: boolean;
  /** Longest pause of a visitor between two operations, in milliseconds. */
  readonly thinkMs: number;
};

/** The kinds of weather. */
export const weatherKinds = [
  'calm',
  'drizzle',
  'gale',
  'no tokens',
  'without Redis',
  'frozen out',
  'outage',
  'rush',
] as const;
export type WeatherKind = (typeof weatherKinds)[number];

type Sized = { readonly share: number; readonly fault: Fault };

const latency: readonly Fault[] = [
  { kind: 'latency', ms: 15, probability: 0.6 },
  { kind: 'latency', ms: 250, probability: 0.04 },
];

/** What goes wrong with single calls, and its probability in a drizzle. */
const mishaps: readonly Sized[] = [
  { share: 0.02, fault: { kind: 'reset' } },
  { share: 0.02, fault: { kind: 'server-error' } },
  { share: 0.01, fault: { kind: 'server-error', status: 500, body: 'empty' } },
  { share: 0.02, fault: { kind: 'refusal' } },
  { share: 0.01, fault: { kind: 'refusal', code: 9005 } },
  { share: 0.01, fault: { kind: 'cut-body' } },
  { share: 0.01, fault: { kind: 'cut-json' } },
  { share: 0.01, fault: { kind: 'html' } },
  { share: 0.006, fault: { kind: 'empty' } },
  { share: 0.01, fault: { kind: 'other-shape' } },
  { share: 0.006, fault: { kind: 'oversized' } },
  { share: 0.006, fault: { kind: 'oversized', chunked: true } },
  { share: 0.006, fault: { kind: 'redirect' } },
  { share: 0.008, fault: { kind: 'hang' } },
  { share: 0.006, fault: { kind: 'stall' } },
  { share: 0.01, fault: { kind: 'unauthorized' } },
  { share: 0.002, fault: { kind: 'forbidden' } },
  { share: 0.002, fault: { kind: 'rate-limited', retryAfter: 1 } },
  { share: 0.002, fault: { kind: 'rate-limited', retryAfter: 1, form: 'date' } },
];

/** The faults of a token endpoint. */
const tokenTrouble: readonly Fault[] = [
  { kind: 'latency', endpoint: 'token', ms: 700, probability: 0.7 },
  { kind: 'server-error', endpoint: 'token', probability: 0.3 },
  { kind: 'cut-json', endpoint: 'token', probability: 0.1 },
  { kind: 'hang', endpoint: 'token', probability: 0.1 },
  { kind: 'unauthorized', endpoint: 'token', probability: 0.1 },
];

const outage: readonly Fault[] = [
  { kind: 'reset', probability: 0.3 },
  { kind: 'server-error', status: 502 },
];

/** The weather of this kind. Each seed gives another order of the same faults. Visitors pause for `thinkMs` at most. */
export function createWeather(kind: WeatherKind, seed: number, thinkMs = 0): Weather {
  const usual = { hasRedis: true, revokesTokens: false, thinkMs };
  switch (kind) {
    case 'calm':
      return { ...usual, faults: seeded(latency, seed) };
    case 'drizzle':
      return { ...usual, faults: seeded([...latency, ...mixed(1)], seed) };
    case 'gale':
      return { ...usual, faults: seeded([...latency, ...mixed(2.2)], seed) };
    case 'no tokens':
      return { ...usual, revokesTokens: true, faults: seeded([...latency, ...tokenTrouble], seed) };
    case 'without Redis':
      return { ...usual, hasRedis: false, faults: seeded([...latency, ...mixed(0.5)], seed) };
    case 'frozen out':
      return {
        ...usual,
        faults: seeded([{ kind: 'rate-limited', retryAfter: 2, times: 1 }, ...latency], seed),
      };
    case 'outage':
      return { ...usual, faults: seeded([...latency, ...outage], seed) };
    case 'rush':
      return { ...usual, thinkMs: 0, faults: seeded(latency, seed) };
  }
}

function mixed(strength: number): readonly Fault[] {
  return mishaps.map(({ share, fault }) => ({ ...fault, probability: share * strength }));
}

/** Each fault has its own seed: with one seed for all they would always hit together. */
function seeded(faults: readonly Fault[], seed: number): readonly Fault[] {
  return faults.map((fault, index) => ({ ...fault, seed: seed * 100 + index }));
}

/** The plan of a run. The same seed gives the same people, operations and draws. Only the timing differs. */
export type ChaosPlan = {
  readonly seed: number;
  readonly visitors: number;
  /** Longest pause of a visitor between two operations, in milliseconds. A rush has none. */
  readonly thinkMs: number;
  readonly callsPerMinute: number;
  readonly phases: readonly { readonly kind: WeatherKind; readonly seconds: number }[];
  /** The command line of a replica, after `node`. */
  readonly command: readonly string[];
};

type Phase = ChaosPlan['phases'][number];

/**
 * Half a minute with every kind of trouble once. The outage comes first, because it must open a breaker. The rush comes
 * last, because it spends the rest of the budget.
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

/** A minute of drizzle to warm up, then all kinds in random order until `minutes` are over. */
export function longPlan(seed: number, minutes: number): Omit<ChaosPlan, 'command'> {
  const random = createRandom(seed);
  const phases: Phase[] = [{ kind: 'drizzle', seconds: 60 }];
  while (secondsOf(phases) < minutes * 60) phases.push(...shuffled(oneRound, random));
  return { seed, visitors: 16, thinkMs: 1200, callsPerMinute: 2400, phases: cutAfter(phases, minutes * 60) };
}

/** One rush a round: it spends the whole budget, and then few calls go out for a minute. */
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
  const drawn = phases.map((phase) => ({ phase, index: random() }));
  return drawn.sort((a, b) => a.index - b.index).map(({ phase }) => phase);
}

function cutAfter(phases: readonly Phase[], seconds: number): Phase[] {
  let left = seconds;
  return phases.flatMap(({ kind, seconds: wanted }: { kind: WeatherKind; seconds: number }) => {
    const given = Math.min(wanted, left);
    left -= given;
    return given > 0 ? [{ kind, seconds: given }] : [];
  });
}

/** The duration of the phases. */
export function secondsOf(phases: readonly Phase[]): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}
