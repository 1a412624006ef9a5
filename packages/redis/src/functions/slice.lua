-- Reads a slice for others than the owner: its customers with their due days and heads, and its digest.
--
-- KEYS    1 meta  2 due key of the slice  3 digest
-- ARGV    1 slice  2 prefix of state keys  3 rank to start at  4 members per page
-- Returns OK, cursor, digest of the slice, members of the slice; then member, due day, head of each; nil where there is none
-- Atomic  per page. The digest moves with every change of a head or a chunk of the slice, so pages that come with the same
--         digest are one consistent answer, whatever the owner does meanwhile.
local function slice(keys, args)
  local reply = {
    'OK',
    redis.call('HGET', keys[1], 'cursor'),
    redis.call('HGET', keys[3], args[1]),
    redis.call('ZCARD', keys[2]),
  }
  local first = tonumber(args[3])
  local members = redis.call('ZRANGE', keys[2], first, first + tonumber(args[4]) - 1, 'WITHSCORES')
  local state_keys = {}
  for i = 1, #members, 2 do
    state_keys[#state_keys + 1] = args[2] .. members[i]
  end
  local length = 4
  in_batches(1, #state_keys, function(from, to)
    local heads = redis.call('MGET', unpack(state_keys, from, to))
    for i = 1, #heads do
      local at = 2 * (from + i - 1) - 1
      reply[length + 1], reply[length + 2], reply[length + 3] = members[at], members[at + 1], heads[i]
      length = length + 3
    end
  end)
  return reply
end

redis.register_function({ function_name = library .. '_slice', callback = slice, flags = { 'no-writes' } })
