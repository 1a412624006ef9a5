-- What the functions share. It stands first in the library, so the locals below are visible in all of them.

-- Lua's unpack fails above about 8,000 values; an even number keeps key and value together.
local values_per_call = 6000

local function in_batches(first, last, call)
  for from = first, last, values_per_call do
    call(from, math.min(from + values_per_call - 1, last))
  end
end

-- How many milliseconds somebody else still holds the partition, for a backup or a restore; nil where nobody does. A hold
-- ends by itself, so whoever took it may die.
local function held_ms(holder, held_until, caller)
  if not holder or holder == caller then
    return nil
  end
  local time = redis.call('TIME')
  local left = tonumber(held_until) - (tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000))
  return left > 0 and left or nil
end

-- The check that opens every function. Gives nil to the owner of the partition at the expected cursor, else the reply
-- that refuses the call:
--   LOST            there is no meta: the partition was never claimed, or its data is gone
--   HELD <ms>       an operator's backup or restore has the partition for so long
--   FENCED <epoch>  another token is stored; the epoch counts claims and tells a later owner from an older backup
--   CURSOR <stored> the token is right but the log is folded up to another offset
-- An expected cursor of '' means that none may be stored; nil leaves the cursor unchecked.
local function refusal(meta_key, token, expected_cursor)
  local meta = redis.pcall('HMGET', meta_key, 'token', 'cursor', 'epoch', 'holder', 'heldUntil')
  if meta.err or not meta[1] then
    return { 'LOST' }
  end
  local left = held_ms(meta[4], meta[5], token)
  if left then
    return { 'HELD', tostring(left) }
  end
  if meta[1] ~= token then
    return { 'FENCED', meta[3] or '0' }
  end
  if expected_cursor and (meta[2] or '') ~= expected_cursor then
    return { 'CURSOR', meta[2] or '' }
  end
  return nil
end
