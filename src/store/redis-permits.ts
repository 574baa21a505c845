/**
 * The permits of all replicas, as Redis counts them: scripts, each atomic and on Redis's own clock, in microseconds. Knows
 * neither what this replica holds itself nor what becomes of a budget that Redis does not answer for.
 *
 * An account is a sorted set of permits, each scored with the moment at which it is free again. That of a call under way is
 * scored as if the call were as long as one can be: if its holder dies, so the permit comes back by itself. Its end moves it
 * to one window after that end. Since the permit is taken before the call goes out and its end is reported after the call
 * has ended, every moment at which the upstream can have counted the call lies within, whatever the network does.
 */
import { randomBytes } from 'node:crypto';
import { permitWaits } from './permit-waits.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';

/**
 * KEYS: permits, block. ARGV: limit (0: none), window, longest call (µs), permits wanted, replicas, an id for them. Gives how
 * long the block lasts, how many permits are granted, how many are held then, and in how long those are free that the next
 * ones wait for. No question gets more than its part of what is left, so that replicas share it.
 */
const takeScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
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

/** KEYS: permits. ARGV: id, window, longest call (µs), 1 if the call was sent. Safe to repeat. */
const endScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
if ARGV[4] ~= '1' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(ARGV[2]) + tonumber(ARGV[3])) / 1000))`;

/** KEYS: block. ARGV: for how long (µs). A shorter block never ends a longer. */
const blockScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local untilMoment = now + tonumber(ARGV[1])
if untilMoment <= tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', untilMoment), 'PX', math.ceil(tonumber(ARGV[1]) / 1000))
return 1`;

/** What Redis answers: the ids of the permits that it grants, and the waits of the others in milliseconds. */
export type RedisAnswer = {
  readonly ids: readonly string[];
  readonly waitsMs: readonly number[];
  readonly blockedMs: number;
  /** Permits of all replicas, with those just granted. */
  readonly taken: number;
};

/** What the permits need. */
export type RedisPermitsOptions = {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** How many replicas share the budget. */
  readonly replicas: number;
  /** Milliseconds after which a call has ended for certain: so long is the permit of a replica that died kept. */
  readonly longestCallMs: number;
  readonly windowMs: number;
};

/** The accounts in Redis. Nothing here ever rejects. */
export function createRedisPermits({ link, keys, replicas, longestCallMs, windowMs }: RedisPermitsOptions) {
  const [windowUs, longestUs] = [microseconds(windowMs), microseconds(longestCallMs)];
  const permitsOf = (credential: string) => redisName(keys, 'budget', credential);
  const blockOf = (credential: string) => `${permitsOf(credential)}:block`;
  const run = (script: string, names: readonly string[], words: readonly string[]) =>
    link.send(['EVAL', script, String(names.length), ...names, ...words]);
  // What is not reported is not needed: the permit comes back by itself, and the upstream says 429 once more.
  const report = (...reported: Parameters<typeof run>) => void run(...reported).catch(() => undefined);

  return {
    /** Asks for `count` permits of `limit` in all, `Infinity` without one. Nothing when Redis does not answer. */
    async take(credential: string, limit: number, count: number): Promise<RedisAnswer | undefined> {
      const id = randomBytes(12).toString('base64url');
      const bound = Number.isFinite(limit) ? String(limit) : '0';
      const names = [permitsOf(credential), blockOf(credential)];
      const words = [bound, windowUs, longestUs, String(count), String(replicas), id];
      const reply = await run(takeScript, names, words).catch(() => undefined);
      if (!Array.isArray(reply)) return undefined;
      const [blockedUs = 0, granted = 0, taken = 0, ...freeInUs] = reply.map(Number);
      const first = Math.max(0, taken - limit);
      const blockedMs = milliseconds(blockedUs);
      const waitsMs = permitWaits({
        used: taken,
        limit,
        count: count - granted,
        windowMs,
        blockedMs,
        freeInMs: (index) => milliseconds(freeInUs[index - first] ?? windowMs * 1000),
      });
      return { ids: Array.from({ length: granted }, (_, i) => `${id}:${i + 1}`), waitsMs, blockedMs, taken };
    },
    /** Reports that the call of a permit has ended. */
    end(credential: string, id: string, wasSent: boolean): void {
      report(endScript, [permitsOf(credential)], [id, windowUs, longestUs, wasSent ? '1' : '0']);
    },
    block(credential: string, forMs: number): void {
      report(blockScript, [blockOf(credential)], [microseconds(forMs)]);
    },
  };
}

function microseconds(ms: number): string {
  return String(Math.ceil(ms * 1000));
}

/** Rounded up, so that who waits so long has waited long enough. */
function milliseconds(us: number): number {
  return Math.ceil(us / 1000);
}
