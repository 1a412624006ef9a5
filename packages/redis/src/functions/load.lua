-- Reads heads or chunks of customers.
--
-- KEYS    1 meta
-- ARGV    1 token  2 expected cursor, '' for none  3… keys
-- Returns OK, then one value per key, nil where there is none | LOST | FENCED | CURSOR
-- Atomic  the values are those of exactly the expected cursor
local function load_values(keys, args)
  local refused = refusal(keys[1], args[1], args[2])
  if refused then
    return refused
  end
  local reply = { 'OK' }
  local length = 1
  in_batches(3, #args, function(from, to)
    local values = redis.call('MGET', unpack(args, from, to))
    for i = 1, #values do
      length = length + 1
      reply[length] = values[i]
    end
  end)
  return reply
end

redis.register_function({ function_name = library .. '_load', callback = load_values, flags = { 'no-writes' } })
