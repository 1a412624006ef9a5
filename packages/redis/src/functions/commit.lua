-- One step of the partition: state, indexes, counters, outbox and cursor move together.
--
-- KEYS    1 meta  2 outbox  3 flow  4 stock  5 records  6 headline  7 digest
-- ARGV    1 token  2 expected cursor, '' for none  3 next cursor  4 ack, '' for none  5 format  6 fold
--         7 partition state, '' where unchanged  8 outbox entry, '' for none
--         9 number of keys to delete  10 of values to set  11 of flow counters  12 of stock counters
--         13 of record counters  14 of headline counters  15 of sorted sets  16 of digests
--         then, in this order: keys to delete; key, value…; name, value… of each counter table; slice, digest…; and for
--         each sorted set (slices of the due index, rank indexes):
--         its key, number of members to remove, number to add, the members to remove, score, member… to add
-- Returns OK | LOST | FENCED | CURSOR | INVALID <why>
-- Atomic  all of it or none: Redis keeps what a function wrote before it fails, so whatever could fail is checked
--         before the first write. Values are absolute and deletions go first, so a customer who is forgotten and comes
--         back within one step is kept as it came back.

-- Sixteen digits hold every integer that a double can, and no number that Redis would refuse.
local function is_count(text)
  return text and #text <= 16 and string.find(text, '^%d+$')
end

local function is_integer(text)
  return text and #text <= 17 and string.find(text, '^%-?%d+$')
end

-- Ids are fixed-width hexadecimal: 16 digits of the offset, 8 of the index. So they compare as text.
local function is_id(text)
  return #text == 24 and not string.find(text, '[^0-9a-f]')
end

-- Sixteen hexadecimal digits.
local function is_digest(text)
  return text and #text == 16 and not string.find(text, '[^0-9a-f]')
end

local function has_type(key, wanted)
  local found = redis.call('TYPE', key).ok
  return found == wanted or found == 'none'
end

-- The first and last argument of every section; or nil and what is wrong.
local function read_plan(keys, args)
  for i = 9, 16 do
    if not is_count(args[i]) then
      return nil, 'argument ' .. i .. ' is not a count'
    end
  end
  local at = 17
  local function section(length)
    local range = { first = at, last = at + length - 1 }
    at = at + length
    return range
  end
  local plan = {
    deleted = section(tonumber(args[9])),
    set = section(2 * tonumber(args[10])),
    counters = {},
    sets = {},
  }
  for table_index = 1, 4 do
    plan.counters[keys[2 + table_index]] = section(2 * tonumber(args[10 + table_index]))
  end
  plan.digests = section(2 * tonumber(args[16]))
  for i = 1, tonumber(args[15]) do
    local key, removed, added = args[at], args[at + 1], args[at + 2]
    if not (key and is_count(removed) and is_count(added)) then
      return nil, 'sorted set ' .. i .. ' has no counts'
    end
    at = at + 3
    plan.sets[i] = { key = key, removed = section(tonumber(removed)), added = section(2 * tonumber(added)) }
  end
  if at - 1 ~= #args then
    return nil, 'counts add up to ' .. (at - 1) .. ' arguments of ' .. #args
  end
  return plan
end

-- What is wrong with the values, or nil.
local function find_fault(keys, args, plan)
  if not is_count(args[3]) then
    return 'the next cursor is not an offset'
  end
  if not (is_count(args[5]) and is_count(args[6])) then
    return 'format and fold version must be counts'
  end
  if args[4] ~= '' and not is_id(args[4]) then
    return 'the ack is not an emission id'
  end
  if args[8] ~= '' and not is_id(string.sub(args[8], 1, 24)) then
    return 'the outbox entry has no first id'
  end
  if args[8] ~= '' and not is_id(string.sub(args[8], 25, 48)) then
    return 'the outbox entry has no last id'
  end
  if not has_type(keys[2], 'list') then
    return keys[2] .. ' is no list'
  end
  for key, range in pairs(plan.counters) do
    if not has_type(key, 'hash') then
      return key .. ' is no hash'
    end
    for i = range.first + 1, range.last, 2 do
      if not is_integer(args[i]) then
        return 'counter ' .. args[i - 1] .. ' is no integer'
      end
    end
  end
  if not has_type(keys[7], 'hash') then
    return keys[7] .. ' is no hash'
  end
  for i = plan.digests.first, plan.digests.last, 2 do
    if not (is_count(args[i]) and is_digest(args[i + 1])) then
      return 'digest ' .. args[i] .. ' is no digest of a slice'
    end
  end
  for _, set in ipairs(plan.sets) do
    if not has_type(set.key, 'zset') then
      return set.key .. ' is no sorted set'
    end
    for i = set.added.first, set.added.last, 2 do
      if args[i] ~= '+inf' and not is_integer(args[i]) then
        return 'score ' .. args[i] .. ' of ' .. set.key .. ' is no integer'
      end
    end
  end
  return nil
end

local function commit(keys, args)
  -- 1. Only the owner, at the expected cursor.
  local refused = refusal(keys[1], args[1], args[2])
  if refused then
    return refused
  end

  -- 2. Everything is checked before the first write.
  local plan, fault = read_plan(keys, args)
  fault = fault or find_fault(keys, args, plan)
  if fault then
    return { 'INVALID', fault }
  end

  -- 3. Customers, closed days, and rank indexes that go.
  in_batches(plan.deleted.first, plan.deleted.last, function(from, to)
    redis.call('UNLINK', unpack(args, from, to))
  end)
  in_batches(plan.set.first, plan.set.last, function(from, to)
    redis.call('MSET', unpack(args, from, to))
  end)

  -- 4. The due index and the rank indexes.
  for _, set in ipairs(plan.sets) do
    in_batches(set.removed.first, set.removed.last, function(from, to)
      redis.call('ZREM', set.key, unpack(args, from, to))
    end)
    in_batches(set.added.first, set.added.last, function(from, to)
      redis.call('ZADD', set.key, unpack(args, from, to))
    end)
  end

  -- 5. Counters.
  for key, range in pairs(plan.counters) do
    in_batches(range.first, range.last, function(from, to)
      redis.call('HSET', key, unpack(args, from, to))
    end)
  end

  -- 6. Digests.
  in_batches(plan.digests.first, plan.digests.last, function(from, to)
    redis.call('HSET', keys[7], unpack(args, from, to))
  end)

  -- 7. The outbox: what is confirmed goes, what is new comes.
  local ack = args[4]
  while ack ~= '' do
    local oldest = redis.call('LINDEX', keys[2], 0)
    if not oldest or string.sub(oldest, 25, 48) > ack then
      break
    end
    redis.call('LPOP', keys[2])
  end
  if args[8] ~= '' then
    redis.call('RPUSH', keys[2], args[8])
  end

  -- 8. Meta, the cursor last.
  if ack == '' then
    redis.call('HDEL', keys[1], 'ack')
  else
    redis.call('HSET', keys[1], 'ack', ack)
  end
  if args[7] ~= '' then
    redis.call('HSET', keys[1], 'state', args[7])
  end
  redis.call('HSET', keys[1], 'format', args[5], 'fold', args[6], 'cursor', args[3])
  return { 'OK' }
end

redis.register_function(library .. '_commit', commit)
