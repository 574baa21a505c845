/** Looks at the replicas all the while: how they say they are, and what they hold. */

import { setTimeout as wait } from 'node:timers/promises';
import { total } from '../gateway/scrape.ts';
import type { Sample } from './evidence.ts';
import type { Replica } from './replica.ts';

/** What a replica held at a moment. Memory in bytes. */
export type Holding = {
  readonly at: number;
  readonly replica: number;
  readonly memory: number;
  readonly resources: number;
  readonly descriptors: number;
};

/** A watch over replicas. */
export type Watch = {
  readonly samples: readonly Sample[];
  readonly holdings: readonly Holding[];
  /** Waits for everything that a load leaves for a moment to be gone; tells what is still held more than before it. */
  readonly settle: () => Promise<readonly string[]>;
  readonly stop: () => Promise<void>;
};

const sampleEveryMs = 200;
const holdEveryMs = 1000;

/** Longer than idle connections are kept, on both sides, and than a retry of Redis takes. */
const longestSettlingMs = 20_000;

/** Begins to watch. What the replicas hold when this resolves is what they must come back to. */
export async function createWatch(replicas: readonly Replica[], now: () => number): Promise<Watch> {
  const samples: Sample[] = [];
  const holdings: Holding[] = [];
  const stage = { isOver: false };

  async function sample(replica: Replica, place: number): Promise<void> {
    const at = now();
    const { breaker = '', sharing = '' } = await replica.readiness();
    samples.push({ at, replica: place, breaker, sharing });
  }
  async function hold(replica: Replica, place: number): Promise<void> {
    holdings.push(await holdingOf(replica, place, now));
  }
  await Promise.all(replicas.map(hold));
  const loops = replicas.flatMap((replica, place) => [
    repeat(() => sample(replica, place), sampleEveryMs, stage),
    repeat(() => hold(replica, place), holdEveryMs, stage),
  ]);

  return {
    samples,
    holdings,
    async settle() {
      const found = await Promise.all(
        replicas.map((replica, place) => {
          const before = holdings.find((holding) => holding.replica === place);
          return settled(() => holdingOf(replica, place, now), before, now);
        }),
      );
      return found.flat();
    },
    async stop() {
      stage.isOver = true;
      await Promise.all(loops);
    },
  };
}

async function holdingOf(replica: Replica, place: number, now: () => number): Promise<Holding> {
  const series = await replica.metrics();
  return {
    at: now(),
    replica: place,
    memory: total(series, 'process_resident_memory_bytes'),
    resources: total(series, 'nodejs_active_resources_total'),
    descriptors: replica.descriptors(),
  };
}

/** A replica that does not answer a look is judged by its visitors. */
async function repeat(look: () => Promise<void>, everyMs: number, stage: { readonly isOver: boolean }) {
  while (!stage.isOver) {
    await look().catch(() => undefined);
    await wait(everyMs);
  }
}

async function settled(
  look: () => Promise<Holding>,
  before: Holding | undefined,
  now: () => number,
): Promise<readonly string[]> {
  const until = now() + longestSettlingMs;
  for (;;) {
    const holding = await look();
    const more = moreThan(before, holding);
    if (more.length === 0 || now() > until) return more;
    await wait(250);
  }
}

/** One connection to Redis, and one that watches, may have come since. */
const allowance = 2;

function moreThan(before: Holding | undefined, { replica, resources, descriptors }: Holding): string[] {
  if (before === undefined) return [`replica ${replica} was never looked at`];
  return [
    ...(resources > before.resources + allowance
      ? [`replica ${replica} holds ${resources} resources, ${before.resources} before`]
      : []),
    ...(descriptors > before.descriptors + allowance
      ? [`replica ${replica} holds ${descriptors} descriptors, ${before.descriptors} before`]
      : []),
  ];
}
