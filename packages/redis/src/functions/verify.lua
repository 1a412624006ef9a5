-- Tells whether the partition stands as its owner left it.
--
-- KEYS    1 meta
-- ARGV    1 token  2 expected cursor, '' for none  3 expected ack, '' for none
-- Returns OK | LOST | FENCED | CURSOR
-- Atomic  it reads only. The ack belongs to it, because a commit that does nothing but confirm moves no cursor.
local function verify(keys, args)
  local refused = refusal(keys[1], args[1], args[2])
  if refused then
    return refused
  end
  if (redis.call('HGET', keys[1], 'ack') or '') ~= args[3] then
    return { 'CURSOR', args[2] }
  end
  return { 'OK' }
end

redis.register_function({ function_name = library .. '_verify', callback = verify, flags = { 'no-writes' } })
