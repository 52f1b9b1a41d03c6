"""What lies where in Redis, and the Lua that every script of the event bus begins with.

A tenant's keys all carry `{tenant}`, so that they lie together on a cluster too:

- `events:STREAM`, a stream; its entries are numbered `1-0`, `2-0` … without holes, so that lengths
  and lags are subtractions. A group's native pending list holds what was given for the first time.
- `again:STREAM:GROUP`, a sorted set by the moment each is due at, and `again-of:STREAM:GROUP`, a
  hash: what is given again (reclaimed, put off, replayed), with its event, which trimming then
  cannot take away.
- `parked`, the stream of dead letters, and `parked-at`, where in it each is.
- `id:EVENT`, where an event is, for as long as its id is remembered; `streams`, their names;
  `counts:STREAM`, what trimming dropped.

Nothing here needs more than Redis 7.0 or Valkey: newer commands would spare little.
"""

from __future__ import annotations

GROUND = """
local log, base, stream = KEYS[1], ARGV[1], ARGV[2]

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function named(flat)
  local found = {}
  for i = 1, #flat, 2 do found[flat[i]] = flat[i + 1] end
  return found
end

local function whole(number) return string.format('%.0f', number) end
local function id_of(place) return whole(place) .. '-0' end
local function place_of(id) return tonumber(string.match(id, '^%d+')) end
local function due_key(group) return base .. 'again:' .. stream .. ':' .. group end
local function again_key(group) return base .. 'again-of:' .. stream .. ':' .. group end
-- padded: what is due at the same moment goes in the order of the stream
local function member_of(place) return string.format('%016.0f', place) end

local function extent()
  if redis.call('EXISTS', log) == 0 then return 0, 0 end
  local about = named(redis.call('XINFO', 'STREAM', log))
  return place_of(about['last-generated-id']), about['length']
end

local function groups()
  local found = {}
  if redis.call('EXISTS', log) == 0 then return found end
  for i, flat in ipairs(redis.call('XINFO', 'GROUPS', log)) do
    found[i] = named(flat)
    found[i].given = place_of(found[i]['last-delivered-id'])
  end
  return found
end

local function lag_of(group, last, length)
  return last - math.max(group.given, last - length)
end

local function recorded(entry, count, consumer)
  local fields = named(entry[2])
  return {
    place = place_of(entry[1]), id = fields.id or '', at = fields.at or '',
    event = fields.event or '', count = count, consumer = consumer, error = ''
  }
end

local function keep(group, record, due)
  local member = member_of(record.place)
  redis.call('ZADD', due_key(group), whole(due), member)
  redis.call('HSET', again_key(group), member, cjson.encode(record))
end

local function forget(group, place)
  redis.call('ZREM', due_key(group), member_of(place))
  return redis.call('HDEL', again_key(group), member_of(place))
end

local function kept(group, place)
  local text = redis.call('HGET', again_key(group), member_of(place))
  return text and cjson.decode(text)
end

-- what is given for the first time and not settled: an entry of the group's own pending list
local function pending(group, place)
  local found = redis.pcall('XPENDING', log, group, id_of(place), id_of(place), 1)
  if found.err or #found == 0 then return nil end
  return {consumer = found[1][2], idle = found[1][3]}
end

local function entry_at(place)
  return redis.call('XRANGE', log, id_of(place), id_of(place))[1]
end

-- what a consumer has in hand, known by his receipt
local function in_hand(group, place, consumer, count)
  local record = kept(group, place)
  if record then
    return record.consumer == consumer and record.count == count and record or nil
  end
  local first = pending(group, place)
  if count ~= 1 or not first or first.consumer ~= consumer then return nil end
  local entry = entry_at(place)
  return entry and recorded(entry, 1, consumer)
end

local function settle(group, place)
  return redis.call('XACK', log, group, id_of(place)) + forget(group, place)
end

local function park(group, record, why)
  local slot = stream .. ' ' .. group .. ' ' .. record.id
  local before = redis.call('HGET', base .. 'parked-at', slot)
  if before then redis.call('XDEL', base .. 'parked', before) end
  local id = redis.call('XADD', base .. 'parked', '*', 'stream', stream, 'group', group,
    'place', whole(record.place), 'id', record.id, 'at', record.at, 'event', record.event,
    'count', record.count, 'error', why, 'parked_at_ms', whole(now_ms()))
  redis.call('HSET', base .. 'parked-at', slot, id)
end

local function trim(most, idle)
  local last, length = extent()
  if length <= most then return 0, 0 end
  local until_place, missed, now = last - most, 0, now_ms()
  for _, group in ipairs(groups()) do
    local lost = math.max(0, until_place - math.max(group.given, last - length))
    missed = missed + lost
    redis.call('HINCRBY', base .. 'counts:' .. stream, 'missed:' .. group.name, lost)
    while true do
      local held = redis.call('XPENDING', log, group.name, '-', id_of(until_place), 100)
      for _, one in ipairs(held) do
        local entry = redis.call('XRANGE', log, one[1], one[1])[1]
        if entry then
          keep(group.name, recorded(entry, 1, one[2]), now + math.max(0, idle - one[3]))
        end
        redis.call('XACK', log, group.name, one[1])
      end
      if #held < 100 then break end
    end
  end
  redis.call('XTRIM', log, 'MAXLEN', '=', most)
  redis.call('HINCRBY', base .. 'counts:' .. stream, 'trimmed', length - most)
  return length - most, missed
end
"""
"""`KEYS[1]`: the stream; `ARGV[1]`: what the tenant's keys begin with; `ARGV[2]`: its name."""
