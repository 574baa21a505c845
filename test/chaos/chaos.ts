/**
 * The whole of chaos: the sandbox as the endpoint, a Redis, two replicas of the real server, and visitors, all over
 * loopback; the weather changes by plan, and in the end everything that was seen is judged.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../src/sandbox/faults/random.ts';
import { clock } from './clock.ts';
import { mobilePrefix } from './people.ts';
import type { ChaosPlan } from './plans.ts';
import type { Replica } from './replica.ts';
import { judgeRun, type Verdict } from './verdict.ts';
import { type Surroundings, type Visit, visit } from './visitor.ts';
import { createWatch, type Watch } from './watch.ts';
import { createWeather, type Weather, type WeatherKind } from './weather.ts';
import { type Closer, limitsOf, openWorld, peopleFor, type World } from './world.ts';

/** How far a run is. */
export type Progress = {
  readonly kind: WeatherKind;
  readonly phase: number;
  readonly elapsedSeconds: number;
  readonly visits: readonly Visit[];
  readonly watch: Watch;
  /** As they came to the endpoint's door, token calls left out. */
  readonly callsOfLastMinute: number;
};

/** Runs a plan to its end and judges it. Whatever it started has ended when this resolves or rejects. */
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
  const visiting = Array.from({ length: plan.visitors }, (_, place) =>
    visit({ ...surroundingsOf(world, plan, place), ...movedBy(stage), report: (seen) => visits.push(seen) }),
  );
  await passThrough(world, plan, stage, (progress) => onProgress({ ...progress, visits, watch }));
  stage.isOver = true;
  await Promise.all(visiting);
  await change(world, stage.weather, createWeather('calm', plan.seed));
  // Else each replica would hold idle connections, to its visitors and to the endpoint, for as long as those like.
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
  const counts: number[] = []; // One a second: a look at the whole log each time would cost too much.
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

/** No fault that nobody caught, and nobody's name. */
function judgeLog({ complaints, hasLogged }: Replica): readonly string[] {
  return [...complaints, ...(hasLogged(mobilePrefix) ? ['a mobile number stands in the log'] : [])];
}

/** What of a visitor's life depends on the moment. */
function movedBy(stage: { readonly weather: Weather; readonly isOver: boolean }) {
  return {
    isOver: () => stage.isOver,
    think: (random: () => number) => wait(30 + random() * stage.weather.thinkMs),
  };
}

/** What of it does not. */
function surroundingsOf(
  world: World,
  { seed }: ChaosPlan,
  place: number,
): Omit<Surroundings, 'isOver' | 'think' | 'report'> {
  let asked = 0;
  return {
    ...peopleFor(world, place),
    urls: world.replicas.map(({ url }) => url),
    agent: world.visitorAgent,
    random: createRandom(seed * 1000 + place),
    now: clock,
    createRequestId: (replica) => createRequestId(replica, place, asked++),
  };
}

/** In the form of ids that the gateway takes over: 32 hexadecimal digits, of which the first four tell the replica. */
function createRequestId(replica: number, place: number, count: number): string {
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
  return `a${hex(replica, 3)}b${hex(place, 11)}c${hex(count, 15)}`;
}

async function change({ sandbox, redis }: World, before: Weather, after: Weather): Promise<void> {
  sandbox.setFaults(after.faults);
  if (after.revokesTokens) sandbox.revokeTokens();
  if (before.hasRedis && !after.hasRedis) await redis.kill();
  if (!before.hasRedis && after.hasRedis) await redis.restart();
}
