/**
 * The shared budget as Redis sees it: scripts, each atomic and on Redis's own clock, in microseconds.
 *
 * An account is a sorted set of places, each scored with the moment at which it is free again. A call under way is
 * scored as if it were as long as a call can be: if its holder dies, so the place comes back by itself. Its end moves
 * the place to one window after that end. Since the place is taken before the call goes out and its end is told after
 * the call has ended, every moment at which the upstream can have counted the call lies within, whatever the network
 * does in between; and no clock but Redis's has a say. That assumes an upstream that counts a call before we end it: one
 * that stands still with a call that we gave up in its buffers may count it later. Beside the set is a plain key: until
 * when nothing may go out.
 */

/**
 * KEYS: places, block. ARGV: limit (0: none), window, longest call (µs), how many waits to tell, id of the place to
 * take ('' to only look). Gives 1 and how many places are taken when this one is; else 0, how long the block lasts, how
 * many of the places are taken, and the waits until they are free, ascending. A place that is taken already under this
 * id is given again, so that a repeated question takes no second one.
 */
export const askScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local limit, window, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local taken = redis.call('ZCARD', KEYS[1])
local blocked = math.max(0, tonumber(redis.call('GET', KEYS[2]) or '0') - now)
if ARGV[5] ~= '' then
  if redis.call('ZSCORE', KEYS[1], ARGV[5]) then return {1, taken} end
  if blocked == 0 and (limit == 0 or taken < limit) then
    if limit > 0 then
      redis.call('ZADD', KEYS[1], now + longest + window, ARGV[5])
      redis.call('PEXPIRE', KEYS[1], math.ceil((longest + window) / 1000))
    end
    return {1, taken + 1}
  end
end
local over = limit == 0 and taken or math.max(0, taken - limit)
local reply = {0, blocked, taken - over}
local places = redis.call('ZRANGE', KEYS[1], over, over + tonumber(ARGV[4]) - 1, 'WITHSCORES')
for i = 2, #places, 2 do reply[#reply + 1] = math.min(window, tonumber(places[i]) - now) end
return reply`;

/** KEYS: places. ARGV: id, window and how much later than its end the call may be counted, longest call (µs), 1 if it was sent. Safe to repeat. */
export const endScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
if ARGV[4] ~= '1' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(ARGV[2]) + tonumber(ARGV[3])) / 1000))`;

/** KEYS: block. ARGV: for how long (µs). A shorter block never ends a longer. */
export const blockScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local untilMoment = now + tonumber(ARGV[1])
if untilMoment <= tonumber(redis.call('GET', KEYS[1]) or '0') then return 0 end
redis.call('SET', KEYS[1], string.format('%.0f', untilMoment), 'PX', math.ceil(tonumber(ARGV[1]) / 1000))
return 1`;
