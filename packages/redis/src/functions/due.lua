-- Customers whose due day is not after the given day, a page at a time.
--
-- KEYS    1 meta
-- ARGV    1 token  2 expected cursor, '' for none  3 day or +inf  4 members per page  5 rank to start at in the first
--         slice  6… due keys of the slices
-- Returns OK, slices finished, rank to go on at in the next one, then members | LOST | FENCED | CURSOR
-- Atomic  per page. All pages are checked against the same cursor, so together they are one consistent answer: in a
--         sorted set, the customers due are its first ranks.
local function due(keys, args)
  local refused = refusal(keys[1], args[1], args[2])
  if refused then
    return refused
  end
  local day = args[3]
  local room = tonumber(args[4])
  local rank = tonumber(args[5])
  local reply = { 'OK', 0, 0 }
  local length = 3
  for i = 6, #args do
    local total = redis.call('ZCOUNT', args[i], '-inf', day)
    if total > rank then
      local members = redis.call('ZRANGE', args[i], rank, math.min(total, rank + room) - 1)
      for j = 1, #members do
        length = length + 1
        reply[length] = members[j]
      end
      rank = rank + #members
      room = room - #members
    end
    if total > rank then
      reply[3] = rank
      return reply
    end
    reply[2] = reply[2] + 1
    rank = 0
  end
  return reply
end

redis.register_function({ function_name = library .. '_due', callback = due, flags = { 'no-writes' } })
