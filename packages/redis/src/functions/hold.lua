-- Keeps every owner away from the partition for a while: a backup that must see one instant, a restore that must not be
-- folded upon. It ends by itself, so a hold that nobody releases is no damage.
--
-- KEYS    1 meta
-- ARGV    1 holder, a token never used before  2 milliseconds  3 'take': the holder becomes the owner, so that it may reset,
--         put and commit; '' leaves the owner as it is, who goes on afterwards as if nothing had been
-- Returns OK, cursor or nil | HELD <ms>
-- Atomic  the holder may call it again to hold on
local function hold(keys, args)
  local meta = redis.call('HMGET', keys[1], 'holder', 'heldUntil', 'cursor', 'token')
  local left = held_ms(meta[1], meta[2], args[1])
  if left then
    return { 'HELD', tostring(left) }
  end
  local time = redis.call('TIME')
  local held_until = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + tonumber(args[2])
  redis.call('HSET', keys[1], 'holder', args[1], 'heldUntil', string.format('%.0f', held_until))
  if args[3] == 'take' and meta[4] ~= args[1] then
    redis.call('HINCRBY', keys[1], 'epoch', 1)
    redis.call('HSET', keys[1], 'token', args[1])
  end
  return { 'OK', meta[3] }
end

-- KEYS    1 meta
-- ARGV    1 holder
-- Returns OK, whether it had been held until now, cursor or nil
local function release(keys, args)
  local meta = redis.call('HMGET', keys[1], 'holder', 'heldUntil', 'cursor')
  if meta[1] ~= args[1] then
    return { 'OK', '0', meta[3] }
  end
  local in_time = held_ms(meta[1], meta[2], '') and '1' or '0'
  redis.call('HDEL', keys[1], 'holder', 'heldUntil')
  return { 'OK', in_time, meta[3] }
end

redis.register_function(library .. '_hold', hold)
redis.register_function(library .. '_release', release)
