/** What a run starts: the sandbox, Redis, the replicas, and the people. */

import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { demoCredentials } from '../../src/sandbox/endpoint/credentials.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts';
import { openRedis, type RedisServer } from '../store/redis-process.ts';
import type { Limits } from './explain.ts';
import { createPeople, type Person } from './people.ts';
import { type Replica, startReplica } from './replica.ts';
import type { ChaosPlan } from './weather.ts';

const replicas = 2;
const popularPeople = 4;
const ownPeople = 4;

/** The bounds of the replicas. */
export const limitsOf = ({ callsPerMinute }: ChaosPlan): Limits => ({
  callsPerMinute,
  replicas,
  retries: 2,
  upstreamTimeoutMs: 1500,
  operationTimeoutMs: 4000,
});

/** The parts of a run. */
export type World = {
  readonly sandbox: Sandbox;
  readonly redis: RedisServer;
  readonly replicas: readonly Replica[];
  readonly people: readonly Person[];
  readonly visitorAgent: Agent;
};

/** Ends a part of the world. All are called at the end of every run, the last one first. */
export type Closer = () => unknown;

/** Starts everything, and adds a closer for each part to `closers`. */
export async function openWorld(plan: ChaosPlan, closers: Closer[]): Promise<World> {
  const people = createPeople(popularPeople + plan.visitors * ownPeople, popularPeople, plan.seed);
  const sandbox = await startSandbox({
    members: people.map(({ member }) => member),
    callsPerMinute: plan.callsPerMinute,
    tokenTtlSeconds: 20,
    rememberedCalls: 1_000_000,
    now: clock,
  });
  closers.push(sandbox.close);
  const redis = await openRedis();
  closers.push(redis.kill);
  const visitorAgent = new Agent({ keepAlive: true });
  const watchAgent = new Agent({ keepAlive: true });
  closers.push(() => visitorAgent.destroy());
  closers.push(() => watchAgent.destroy());
  const settings = settingsFor(plan, sandbox, redis);
  const started = await Promise.all(
    Array.from({ length: replicas }, () => startReplica(plan.command, settings, watchAgent)),
  );
  for (const replica of started) closers.push(replica.kill);
  return { sandbox, redis, replicas: started, people, visitorAgent };
}

function settingsFor(plan: ChaosPlan, sandbox: Sandbox, redis: RedisServer): Record<string, string> {
  const limits = limitsOf(plan);
  return {
    NODE_ENV: 'production',
    PORT: '0',
    ADMIN_PORT: '0',
    UPSTREAM_URL: sandbox.url,
    UPSTREAM_OAUTH_KEY: demoCredentials.oauth.key,
    UPSTREAM_OAUTH_SECRET: demoCredentials.oauth.secret,
    ALLOW_ANONYMOUS: 'true',
    ID_SECRET: randomBytes(32).toString('base64url'),
    REDIS_URL: redis.url,
    REPLICAS: String(replicas),
    CACHE_TTL_SECONDS: '2',
    UPSTREAM_CALLS_PER_MINUTE: String(limits.callsPerMinute),
    UPSTREAM_RETRIES: String(limits.retries),
    UPSTREAM_TIMEOUT_MS: String(limits.upstreamTimeoutMs),
    OPERATION_TIMEOUT_MS: String(limits.operationTimeoutMs),
  };
}

/** The people that a visitor asks for. */
export function peopleFor({ people }: World, index: number) {
  const first = popularPeople + index * ownPeople;
  return { popular: people.slice(0, popularPeople), own: people.slice(first, first + ownPeople) };
}

/** Milliseconds since 1970, monotonic. Sandbox, visitors and watch use this one clock. */
export function clock(): number {
  return performance.timeOrigin + performance.now();
}
