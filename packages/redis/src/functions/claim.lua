-- Takes the partition over and tells what is stored.
--
-- KEYS    1 meta  2 outbox  3 flow  4 stock  5 records  6 headline  7 digest
-- ARGV    1 token  2 id of the last emission on the output, '' where there is none
-- Returns OK, epoch, cursor, format, fold, state, ack, outbox entries, flow, stock, records, headline, digests; nil where
--         not stored | HELD <ms>
-- Atomic  reading and fencing are one step: nothing that the caller has not seen can be committed by an earlier owner
local function claim(keys, args)
  -- 1. Read first: a key of a wrong type raises its error here, before anything is written.
  local meta = redis.call('HMGET', keys[1], 'cursor', 'format', 'fold', 'state', 'ack', 'holder', 'heldUntil')
  local left = held_ms(meta[6], meta[7], args[1])
  if left then
    return { 'HELD', tostring(left) }
  end
  local outbox = redis.call('LRANGE', keys[2], 0, -1)
  local flow = redis.call('HGETALL', keys[3])
  local stock = redis.call('HGETALL', keys[4])
  local records = redis.call('HGETALL', keys[5])
  local headline = redis.call('HGETALL', keys[6])
  local digests = redis.call('HGETALL', keys[7])

  -- 2. From here on every earlier owner is refused.
  local epoch = redis.call('HINCRBY', keys[1], 'epoch', 1)
  redis.call('HSET', keys[1], 'token', args[1])
  if args[2] == '' then
    redis.call('HDEL', keys[1], 'emitted')
  else
    redis.call('HSET', keys[1], 'emitted', args[2])
  end

  return { 'OK', epoch, meta[1], meta[2], meta[3], meta[4], meta[5], outbox, flow, stock, records, headline, digests }
end

redis.register_function(library .. '_claim', claim)
