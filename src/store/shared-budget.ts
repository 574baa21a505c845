/**
 * One call budget for all replicas, in Redis; and, while Redis is away, this replica's share of it. Counts; neither
 * waits nor calls.
 *
 * With Redis: in any window never more calls of a credential than allowed, over all replicas. A lost answer
 * costs permits for a while, and never gives one too many. This rests on Redis's clock alone, as long as nobody sets it
 * forward.
 *
 * An account in Redis is a sorted set of permits, each scored with the moment at which it is free again. The permit of a call
 * in flight is scored as if the call took as long as a call can: if its replica dies, the permit frees itself. The end of the
 * call moves it to one window after that end. Since the permit is taken before the call goes out and its end is reported after
 * the call has ended, every moment at which the upstream can have counted the call lies within, whatever the network does.
 *
 * Without Redis: each replica goes on with its share, less its own calls of the last window. When Redis is back it may have
 * lost its data, so for one window each replica needs a permit from both. The calls that a replica had made beyond its
 * share before the loss come on top of the shares of the others: once per loss the budget may be exceeded, and the
 * upstream's 429 then stops all. The same holds when Redis loses its data without being away.
 */
import { randomBytes } from 'node:crypto';
import {
  type BudgetAnswer,
  budgetWindowMs,
  type CallBudget,
  type Permit,
} from '../upstream/budget/call-budget.ts';
import { type RedisKeys, redisName } from './redis-keys.ts';
import type { RedisLink } from './redis-link.ts';
import { createWindowBudget, permitWaits } from './window-budget.ts';

/** What a shared budget needs. */
export type SharedBudgetOptions = {
  readonly link: RedisLink;
  readonly keys: RedisKeys;
  /** Calls of one credential in any window, over all replicas; `Infinity` counts none, and obeys blocks alone. */
  readonly callsPerMinute: number;
  /** How many replicas share the budget. */
  readonly replicas: number;
  /** Milliseconds after which a call has ended for certain: after so long the permit of a replica that died is free. */
  readonly longestCallMs: number;
  /** The monotonic clock in milliseconds. */
  readonly now: () => number;
  readonly windowMs?: number;
};

/** The budget. */
export function createSharedBudget(options: SharedBudgetOptions): CallBudget {
  const { link, callsPerMinute, replicas, now, windowMs = budgetWindowMs } = options;
  const share = Math.max(1, Math.floor(callsPerMinute / replicas));
  const own = createWindowBudget({ callsPerMinute: share, now, windowMs });
  const redis = createRedisPermits({ ...options, windowMs });
  let sharesUntil = Number.NEGATIVE_INFINITY;
  link.onChange((isAway) => {
    if (!isAway) sharesUntil = now() + windowMs;
  });
  const isOnShare = () => link.isAway() || now() < sharesUntil;

  /** A call that Redis has permitted counts here as well. */
  function enter(credential: string, id: string): Permit {
    const permit = own.enter(credential);
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
    const permits = answer.ids.map((id) => enter(credential, id));
    if (Number.isFinite(callsPerMinute)) own.noteTaken(credential, answer.taken);
    // A block that Redis had not received, or that came before its answer.
    const blockedMs = own.blockedMs(credential);
    if (blockedMs === 0) return { permits, waitsMs: answer.waitsMs };
    for (const { release } of permits) release(false);
    const waitsMs = [...permits.map(() => 0), ...answer.waitsMs].map((waitMs) => Math.max(waitMs, blockedMs));
    return { permits: [], waitsMs };
  }

  return {
    take(credential, count, reserved) {
      if (!isOnShare()) return ask(credential, count, reserved);
      const most = Math.min(count, own.free(credential, reserved));
      if (link.isAway() || most === 0) return own.take(credential, count, reserved);
      return ask(credential, most, reserved);
    },
    block(credential, forMs) {
      own.block(credential, forMs);
      redis.block(credential, forMs);
    },
    blockedMs: own.blockedMs,
    read: () => own.read(isOnShare() ? undefined : callsPerMinute),
  };
}

/** Each script is atomic, and reads Redis's own clock in microseconds. */
const clock = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])`;

/**
 * KEYS: permits, block. ARGV: limit (0: none), window, longest call (µs), permits wanted, replicas, an id for them. Returns how
 * long the block lasts, how many permits are granted, how many are held then, and in how long those permits are free that the
 * next waits depend on. One question gets at most its part of what is left, so that replicas share it.
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

/** KEYS: permits. ARGV: id, window, longest call (µs), 1 if the call was sent. Safe to repeat. */
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

/** The accounts in Redis. Nothing here ever rejects. */
function createRedisPermits(options: Required<SharedBudgetOptions>) {
  const { link, keys, replicas, longestCallMs, windowMs } = options;
  const [windowUs, longestUs] = [microseconds(windowMs), microseconds(longestCallMs)];
  const permitsOf = (credential: string) => redisName(keys, 'budget', credential);
  const blockOf = (credential: string) => `${permitsOf(credential)}:block`;
  const run = (script: string, names: readonly string[], words: readonly string[]) =>
    link.send(['EVAL', script, String(names.length), ...names, ...words]);
  // A lost report does no harm: the permit frees itself, and the upstream says 429 once more.
  const report = (...reported: Parameters<typeof run>) => void run(...reported).catch(() => undefined);

  return {
    /** Asks for `count` permits of `limit` in all, `Infinity` without one. Undefined when Redis does not answer. */
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

/** Rounded up, so that the permit is surely free after the wait. */
function milliseconds(us: number): number {
  return Math.ceil(us / 1000);
}
