-- Empties the partition for a refold from the start. The caller finds the keys by SCAN and passes them page by page.
--
-- KEYS    1 meta
-- ARGV    1 token  2… keys to delete
-- Returns OK | LOST | FENCED
-- Atomic  per call. The cursor goes with the first call, so a reset that stops half way leaves a partition that reads
--         as empty, never one with a cursor and some of its customers.
local function reset(keys, args)
  local refused = refusal(keys[1], args[1], nil)
  if refused then
    return refused
  end
  redis.call('HDEL', keys[1], 'cursor', 'format', 'fold', 'state', 'ack')
  in_batches(2, #args, function(from, to)
    redis.call('UNLINK', unpack(args, from, to))
  end)
  return { 'OK' }
end

redis.register_function(library .. '_reset', reset)
