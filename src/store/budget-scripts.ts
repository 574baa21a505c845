/**
 * The shared budget as Redis sees it: scripts, each atomic and on Redis's own clock, in microseconds.
 *
 * An account is a sorted set of places, each scored with the moment at which it is free again. A call under way is
 * scored as if it were as long as a call can be: if its holder dies, so the place comes back by itself. Its end moves
 * the place to one window after that end. Since the place is taken before the call goes out and its end is told after
 * the call has ended, every moment at which the upstream can have counted the call lies within, whatever the network
 * does in between; and no clock but Redis's has a say. That assumes an upstream that counts a call before we end it: one
 * that stands still with a call that we gave up in its buffers may count it later. Beside the set are a plain key, until
 * when nothing may go out, and a hash of how many calls wait at each replica.
 */

/**
 * KEYS: places, block, waiting. ARGV: limit (0: none), window, longest call (µs), how many waits to tell, id of the place to
 * take ('' to only look), who asks, how many wait there ('' to not tell). Gives 1 and how many places are taken when this
 * one is; else 0, how long the block lasts, how many of the places are taken, how many others have told that calls of theirs
 * wait and each one's number, and the waits until places are free, ascending: as many as were asked for, and one more for
 * each waiting call of others that may go before. A place that is taken already under this id is given again, so that a
 * repeated question takes no second one. Who waits is believed for a second and a half.
 */
export const askScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
local limit, window, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local function tellWaiting(count, till)
  if count <= 0 then return redis.call('HDEL', KEYS[3], ARGV[6]) end
  redis.call('HSET', KEYS[3], ARGV[6], string.format('%.0f %.0f', count, till))
  return redis.call('PEXPIRE', KEYS[3], 1500)
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local taken = redis.call('ZCARD', KEYS[1])
local blocked = math.max(0, tonumber(redis.call('GET', KEYS[2]) or '0') - now)
if ARGV[5] ~= '' then
  if redis.call('ZSCORE', KEYS[1], ARGV[5]) then return {1, taken} end
  if blocked == 0 and (limit == 0 or taken < limit) then
    if limit > 0 then
      redis.call('ZADD', KEYS[1], now + longest + window, ARGV[5])
      redis.call('PEXPIRE', KEYS[1], math.ceil((longest + window) / 1000))
      local told = redis.call('HGET', KEYS[3], ARGV[6])
      if told then
        local count, till = string.match(told, '^(%d+) (%d+)$')
        tellWaiting(tonumber(count) - 1, tonumber(till))
      end
    end
    return {1, taken + 1}
  end
end
if ARGV[7] ~= '' then tellWaiting(tonumber(ARGV[7]), now + 1500000) end
local wanted = tonumber(ARGV[4])
local others, ahead = {}, 0
local all = redis.call('HGETALL', KEYS[3])
for i = 1, #all, 2 do
  local count, till = string.match(all[i + 1], '^(%d+) (%d+)$')
  if tonumber(till) <= now then
    redis.call('HDEL', KEYS[3], all[i])
  elseif all[i] ~= ARGV[6] then
    others[#others + 1] = tonumber(count)
    ahead = ahead + math.min(tonumber(count), wanted)
  end
end
local over = limit == 0 and taken or math.max(0, taken - limit)
local reply = {0, blocked, taken - over, #others}
for i = 1, #others do reply[#reply + 1] = others[i] end
if wanted == 0 then return reply end
local places = redis.call('ZRANGE', KEYS[1], over, over + wanted + ahead - 1, 'WITHSCORES')
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

/**
 * KEYS: places. ARGV: window and longest call (µs), then ids of places that are held, each with for how long (µs). What
 * Redis knows of a place already stands, if it is the longer.
 */
export const restoreScript = `
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000000 + tonumber(t[2])
for i = 3, #ARGV, 2 do
  local freeAt = now + tonumber(ARGV[i + 1])
  if freeAt > tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]) or '0') then redis.call('ZADD', KEYS[1], freeAt, ARGV[i]) end
end
return redis.call('PEXPIRE', KEYS[1], math.ceil((tonumber(ARGV[1]) + tonumber(ARGV[2])) / 1000))`;

/**
 * KEYS: word. ARGV: another word. Gives the word that stands there, the other one if there was none; it lives an hour. And
 * the moment (µs).
 */
export const pulseScript = `
local t = redis.call('TIME')
local word = redis.call('GET', KEYS[1]) or ARGV[1]
redis.call('SET', KEYS[1], word, 'PX', 3600000)
return {word, t[1] .. string.format('%06d', t[2])}`;
