/**
 * Runs chaos: the sandbox as the endpoint, a Redis, two replicas of the real server, and visitors, all over loopback.
 * The weather changes by plan, and at the end everything is judged.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../src/sandbox/faults/random.ts';
import { mobilePrefix } from './people.ts';
import { createWatch, type Replica, type Watch } from './replica.ts';
import { judgeRun, type Verdict } from './verdict.ts';
import { type Surroundings, type Visit, visit } from './visitor.ts';
import { type ChaosPlan, createWeather, type Weather, type WeatherKind } from './weather.ts';
import { type Closer, clock, limitsOf, openWorld, peopleFor, type World } from './world.ts';

/** The progress of a run. */
export type Progress = {
  readonly kind: WeatherKind;
  readonly phase: number;
  readonly elapsedSeconds: number;
  readonly visits: readonly Visit[];
  readonly watch: Watch;
  /** Ledger calls that the sandbox received. */
  readonly callsOfLastMinute: number;
};

/** Runs a plan to its end and judges it. When this settles, everything that it started has ended. */
export async function runChaos(plan: ChaosPlan, onProgress: (progress: Progress) => void): Promise<Verdict> {
  const closers: Closer[] = [];
  try {
    const world = await openWorld(plan, closers);
    return await runIn(world, plan, onProgress);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function runIn(
  world: World,
  plan: ChaosPlan,
  onProgress: (progress: Progress) => void,
): Promise<Verdict> {
  const visits: Visit[] = [];
  const watch = await createWatch(world.replicas, clock);
  const stage = { weather: createWeather('calm', plan.seed), isOver: false };
  const visiting = Array.from({ length: plan.visitors }, (_, index) =>
    visit({ ...surroundingsOf(world, plan, index), ...movedBy(stage), report: (seen) => visits.push(seen) }),
  );
  await passThrough(world, plan, stage, (progress) => onProgress({ ...progress, visits, watch }));
  stage.isOver = true;
  await Promise.all(visiting);
  await change(world, stage.weather, createWeather('calm', plan.seed));
  // Otherwise each replica would hold idle connections to its visitors and to the sandbox.
  world.visitorAgent.destroy();
  await world.sandbox.close();
  const leftOver = await watch.settle();
  await watch.stop();
  const exits = await Promise.all(world.replicas.map(({ stop }) => stop()));
  return judgeRun({
    visits,
    ledgerCalls: world.sandbox.calls(),
    tokenCalls: world.sandbox.tokenCalls(),
    samples: watch.samples,
    holdings: watch.holdings,
    leftOver,
    logged: world.replicas.flatMap(judgeLog),
    exits,
    limits: limitsOf(plan),
  });
}

/** One weather after the other. */
async function passThrough(
  world: World,
  plan: ChaosPlan,
  stage: { weather: Weather },
  onProgress: (progress: Omit<Progress, 'visits' | 'watch'>) => void,
): Promise<void> {
  const startedAt = clock();
  const counts: number[] = []; // One a second: counting the whole log each time would cost too much.
  for (const [phase, { kind, seconds }] of plan.phases.entries()) {
    const weather = createWeather(kind, plan.seed * 1000 + phase, plan.thinkMs);
    await change(world, stage.weather, weather);
    stage.weather = weather;
    const until = clock() + seconds * 1000;
    while (clock() < until) {
      counts.push(world.sandbox.callCount());
      const callsOfLastMinute = (counts.at(-1) ?? 0) - (counts.at(-61) ?? 0);
      onProgress({ kind, phase, elapsedSeconds: (clock() - startedAt) / 1000, callsOfLastMinute });
      await wait(Math.min(1000, Math.max(1, until - clock())));
    }
  }
}

/** The log has no uncaught fault and no mobile number. */
function judgeLog({ complaints, hasLogged }: Replica): readonly string[] {
  return [...complaints, ...(hasLogged(mobilePrefix) ? ['a mobile number stands in the log'] : [])];
}

/** What a visitor needs that changes during the run. */
function movedBy(stage: { readonly weather: Weather; readonly isOver: boolean }) {
  return {
    isOver: () => stage.isOver,
    think: (random: () => number) => wait(30 + random() * stage.weather.thinkMs),
  };
}

/** What a visitor needs that stays the same. */
function surroundingsOf(
  world: World,
  { seed }: ChaosPlan,
  index: number,
): Omit<Surroundings, 'isOver' | 'think' | 'report'> {
  let asked = 0;
  return {
    ...peopleFor(world, index),
    urls: world.replicas.map(({ url }) => url),
    agent: world.visitorAgent,
    random: createRandom(seed * 1000 + index),
    now: clock,
    createRequestId: (replica) => createRequestId(replica, index, asked++),
  };
}

/** In a form that the gateway takes over: 32 hexadecimal digits. The first four name the replica. */
function createRequestId(replica: number, index: number, count: number): string {
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
  return `a${hex(replica, 3)}b${hex(index, 11)}c${hex(count, 15)}`;
}

async function change({ sandbox, redis }: World, before: Weather, after: Weather): Promise<void> {
  sandbox.setFaults(after.faults);
  if (after.revokesTokens) sandbox.revokeTokens();
  if (before.hasRedis && !after.hasRedis) await redis.kill();
  if (!before.hasRedis && after.hasRedis) await redis.restart();
}
