-- Puts stored values back, page by page, into a partition that was reset and is held; the commit that follows sets the
-- cursor. Until then it reads as empty, so a restore that was cut short is folded anew by the next owner.
--
-- KEYS    1 meta  2 outbox
-- ARGV    1 token  2 number of values  3 of places in sorted sets  4 of outbox entries
--         then key, value…; key, score, member of each place in the due index or a rank index; entries
-- Returns OK | LOST | HELD | FENCED | CURSOR
local function put(keys, args)
  local refused = refusal(keys[1], args[1], '')
  if refused then
    return refused
  end
  local values_end = 4 + 2 * tonumber(args[2])
  local places_end = values_end + 3 * tonumber(args[3])
  in_batches(5, values_end, function(from, to)
    redis.call('MSET', unpack(args, from, to))
  end)
  for i = values_end + 1, places_end, 3 do
    redis.call('ZADD', args[i], args[i + 1], args[i + 2])
  end
  in_batches(places_end + 1, places_end + tonumber(args[4]), function(from, to)
    redis.call('RPUSH', keys[2], unpack(args, from, to))
  end)
  return { 'OK' }
end

redis.register_function(library .. '_put', put)
