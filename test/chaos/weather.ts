/** The mixes of faults, by name: what each does to ledger and token calls, and to Redis. Pure. */

import type { Fault } from '../../src/sandbox/faults/faults.ts';

/** One mix, for a while. */
export type Weather = {
  readonly faults: readonly Fault[];
  /** Whether Redis is there. */
  readonly hasRedis: boolean;
  /** Whether all tokens end as it begins. */
  readonly revokesTokens: boolean;
  /** Milliseconds that a visitor thinks between two operations, at most. */
  readonly thinkMs: number;
};

/** All kinds of weather, in the order in which the report lists them. */
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

/** What goes wrong with single calls, and how often it does in a drizzle. */
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

/** Slow, failing, silent: what a token endpoint can be. */
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

/** The weather of this name. Each seed gives another order of the same faults. Visitors think for `thinkMs` at most. */
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

/** Each fault draws for itself: with one seed for all they would always come together. */
function seeded(faults: readonly Fault[], seed: number): readonly Fault[] {
  return faults.map((fault, place) => ({ ...fault, seed: seed * 100 + place }));
}
