/**
 * The call budget that all replicas share in Redis. While Redis is away, each replica has its share of the budget. Only
 * counts: it neither waits nor makes calls.
 *
 * With Redis, all replicas together never make more calls of a credential in any window than the budget allows. A lost
 * answer of Redis costs permits for a while, but never gives one too many. Only Redis's clock counts; nobody must set
 * it forward.
 *
 * An account in Redis is a sorted set of permits. The score of a permit is the moment at which it is free again. While
 * its call is in flight, the score assumes the longest possible call, so the permit becomes free even if its replica
 * dies. When the call has ended, the score becomes that moment plus one window. A permit is taken before its call goes
 * out, and its end is reported after the call has ended. So the permit is held whenever the upstream may still count
 * the call, whatever the network does.
 *
 * Without Redis, each replica goes on with its share, less its own calls of the last window. When Redis comes back, it
 * may have lost its data. So for one window a replica needs two permits for a call: one from Redis and one of its
 * share.
 *
 * Cost. Once per loss of Redis the budget may be exceeded: before the loss, a replica may have made more calls than its
 * share, and the other replicas then add their whole shares. The upstream's 429 then stops all. The same can happen
 * when Redis loses its data without being away.
 */
import { randomBytes } from 'node:crypto';
import {
  type BudgetAnswer,
  budgetWindowMs,
  type CallBudget,
  type Permit,
} from '../upstream/budget/call-budget.ts';
import {
  createWindowBudget,
  permitWaits,
  type WindowBudgetOptions,
} from '../upstream/budget/window-budget.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';

/** What a shared budget needs. */
export type SharedBudgetOptions = WindowBudgetOptions & {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** How many replicas share the budget, which is that of `callsPerMinute`. */
  readonly replicas: number;
  /** Milliseconds after which every call has ended. The permits of a replica that died are counted so long. */
  readonly longestCallMs: number;
};

/** Creates the budget. */
export function createSharedBudget(options: SharedBudgetOptions): CallBudget {
  const { link, callsPerMinute, replicas, now, windowMs = budgetWindowMs } = options;
  const share = Math.max(1, Math.floor(callsPerMinute / replicas));
  const own = createWindowBudget({ ...options, callsPerMinute: share });
  const redis = createRedisPermits({ ...options, windowMs });
  let usesShareUntil = Number.NEGATIVE_INFINITY;
  link.onChange((isAway) => {
    if (!isAway) usesShareUntil = now() + windowMs;
  });
  const usesShare = () => link.isAway() || now() < usesShareUntil;

  /** Counts a call with a permit from Redis in this process as well. */
  function countCall(credential: string, id: string): Permit {
    const permit = own.countCall(credential);
    return {
      release(wasSent) {
        permit.release(wasSent);
        if (Number.isFinite(callsPerMinute)) redis.end(credential, id, wasSent);
      },
    };
  }

  async function ask(credential: string, count: number, reserved: number): Promise<BudgetAnswer> {
    const limit = Math.max(1, callsPerMinute - reserved);
    const answer = await redis.take(credential, limit, count);
    if (answer === undefined) return own.take(credential, count, reserved);
    own.block(credential, answer.blockedMs);
    const permits = answer.ids.map((id) => countCall(credential, id));
    if (Number.isFinite(callsPerMinute)) own.updateTaken(credential, answer.taken);
    // This process may know of a block that Redis had not received when it answered.
    const blockedMs = own.blockedMs(credential);
    if (blockedMs === 0) return { permits, waitsMs: answer.waitsMs };
    for (const { release } of permits) release(false);
    const waitsMs = [...permits.map(() => 0), ...answer.waitsMs].map((waitMs) => Math.max(waitMs, blockedMs));
    return { permits: [], waitsMs };
  }

  return {
    openAccount: own.openAccount,
    take(credential, count, reserved) {
      if (!usesShare()) return ask(credential, count, reserved);
      const most = Math.min(count, own.free(credential, reserved));
      if (link.isAway() || most === 0) return own.take(credential, count, reserved);
      return ask(credential, most, reserved);
    },
    block(credential, forMs) {
      own.block(credential, forMs);
      redis.block(credential, forMs);
    },
    blockedMs: own.blockedMs,
    read: () => own.read(usesShare() ? undefined : callsPerMinute),
  };
}

/** The start of each script: reads Redis's clock, in microseconds. Redis runs a script atomically. */
const clock = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])`;

/**
 * KEYS: permits, block. ARGV: limit (0: none), window, longest call (µs), permits wanted, replicas, an id for them.
 * Returns how long the block lasts, how many permits it grants, how many are held now, and then, for the permits that
 * become free next, the time until each is free. Grants at most the free permits divided by the replicas, so that each
 * replica gets some.
 */
const takeScript = `${clock}
local limit, window, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local wanted, replicas = tonumber(ARGV[4]), tonumber(ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local used = redis.call('ZCARD', KEYS[1])
local blocked = math.max(0, tonumber(redis.call('GET', KEYS[2]) or '0') - now)
if limit == 0 then return {blocked, blocked == 0 and wanted or 0, 0} end
local granted = 0
if blocked == 0 then granted = math.min(wanted, math.ceil(math.max(0, limit - used) / replicas)) end
for i = 1, granted do redis.call('ZADD', KEYS[1], now + longest + window, ARGV[6] .. ':' .. i) end
if granted > 0 then redis.call('PEXPIRE', KEYS[1], math.ceil((longest + window) / 1000)) end
used = used + granted
local reply = {blocked, granted, used}
local first = math.max(0, used - limit)
if wanted > granted then
  local held = redis.call('ZRANGE', KEYS[1], first, first + wanted - granted - 1, 'WITHSCORES')
  for i = 2, #held, 2 do reply[#reply + 1] = math.min(window, tonumber(held[i]) - now) end
end
return reply`;

/** KEYS: permits. ARGV: id, window, longest call (µs), 1 if the call was sent. May run twice. */
const endScript = `${clock}
if ARGV[4] ~= '1' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(ARGV[2]) + tonumber(ARGV[3])) / 1000))`;

/** KEYS: block. ARGV: for how long (µs). A shorter block never ends a longer one. */
const blockScript = `${clock}
local untilMoment = now + tonumber(ARGV[1])
if untilMoment <= tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', untilMoment), 'PX', math.ceil(tonumber(ARGV[1]) / 1000))
return 1`;

/** The permits in Redis. Nothing here throws or rejects. */
function createRedisPermits(options: SharedBudgetOptions & { readonly windowMs: number }) {
  const { link, keys, replicas, longestCallMs, windowMs } = options;
  const [windowUs, longestUs] = [microseconds(windowMs), microseconds(longestCallMs)];
  const permitsOf = (credential: string) => redisName(keys, 'budget', credential);
  const blockOf = (credential: string) => `${permitsOf(credential)}:block`;
  const run = (script: string, names: readonly string[], words: readonly string[]) =>
    link.send(['EVAL', script, String(names.length), ...names, ...words]);
  // A lost report does no harm: the permit becomes free later by itself, and the upstream answers 429 again.
  const report = (...reported: Parameters<typeof run>) => void run(...reported).catch(() => undefined);

  return {
    /** Asks for `count` permits within `limit`; `Infinity` for no limit. Undefined if Redis does not answer. */
    async take(credential: string, limit: number, count: number) {
      const id = randomBytes(12).toString('base64url');
      const bound = Number.isFinite(limit) ? String(limit) : '0';
      const names = [permitsOf(credential), blockOf(credential)];
      const words = [bound, windowUs, longestUs, String(count), String(replicas), id];
      const reply = await run(takeScript, names, words).catch(() => undefined);
      if (!Array.isArray(reply)) return undefined;
      const [blockedUs = 0, granted = 0, taken = 0, ...freeInUs] = reply.map(Number);
      const first = Math.max(0, taken - limit);
      const blockedMs = milliseconds(blockedUs);
      const freeInMs = (index: number) => milliseconds(freeInUs[index - first] ?? windowMs * 1000);
      const asked = { used: taken, limit, count: count - granted, windowMs, blockedMs, freeInMs };
      const ids = Array.from({ length: granted }, (_, index) => `${id}:${index + 1}`);
      return { ids, waitsMs: permitWaits(asked), blockedMs, taken };
    },
    /** Reports to Redis that the call of a permit has ended. */
    end(credential: string, id: string, wasSent: boolean): void {
      report(endScript, [permitsOf(credential)], [id, windowUs, longestUs, wasSent ? '1' : '0']);
    },
    block(credential: string, forMs: number): void {
      report(blockScript, [blockOf(credential)], [microseconds(forMs)]);
    },
  };
}

const microseconds = (ms: number): string => String(Math.ceil(ms * 1000));

/** Rounded up, so that the permit is certainly free after the wait. */
const milliseconds = (us: number): number => Math.ceil(us / 1000);
