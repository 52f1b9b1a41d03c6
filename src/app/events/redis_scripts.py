"""What is asked of Redis, as scripts: each is one step that nobody sees half done.

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

_COMMON = """
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

PUBLISH = (
    _COMMON
    + """
local id, at, event, remembered = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local most, slack, idle = tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local id_key = base .. 'id:' .. id
if redis.call('EXISTS', id_key) == 1 then return {0, 0, 0} end
local place = extent() + 1
redis.call('XADD', log, id_of(place), 'id', id, 'at', at, 'event', event)
redis.call('SET', id_key, stream .. ' ' .. whole(place), 'NX', 'PX', remembered)
redis.call('SADD', base .. 'streams', stream)
if redis.call('XLEN', log) <= most + slack then return {1, 0, 0} end
local dropped, missed = trim(most, idle)
return {1, dropped, missed}
"""
)
"""Append, unless the id is known: {is new, dropped, of these not given yet}."""

TAKE = (
    _COMMON
    + """
local group, consumer, most = ARGV[3], ARGV[4], tonumber(ARGV[5])
local idle, most_deliveries, dead_ms = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local now, parked = now_ms(), {}

local function row(record)
  return {whole(record.place), record.id, record.at, whole(record.count), record.event}
end

local claimed = redis.pcall('XAUTOCLAIM', log, group, consumer, idle, '0-0', 'COUNT', 100)
if claimed.err then
  if not string.find(claimed.err, 'NOGROUP') then return redis.error_reply(claimed.err) end
  redis.call('XGROUP', 'CREATE', log, group, '0', 'MKSTREAM')
  redis.call('SADD', base .. 'streams', stream)
  claimed = {'0-0', {}, {}}
end
for _, entry in ipairs(claimed[2]) do
  keep(group, recorded(entry, 1, ''), now)
  redis.call('XACK', log, group, entry[1])
end
if claimed[3] and #claimed[3] > 0 then  -- somebody else trimmed the stream
  redis.call('HINCRBY', base .. 'counts:' .. stream, 'missed:' .. group, #claimed[3])
end
if dead_ms > 0 then
  for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', log, group)) do
    local one = named(flat)
    if one.pending == 0 and one.idle > dead_ms then
      redis.call('XGROUP', 'DELCONSUMER', log, group, one.name)
    end
  end
end

while true do
  local due = redis.call('ZRANGEBYSCORE', due_key(group), '-inf', whole(now), 'LIMIT', 0, 1)[1]
  if not due then break end
  local record = kept(group, tonumber(due))
  if not record then
    redis.call('ZREM', due_key(group), due)
  elseif record.count < most_deliveries then
    record.count, record.consumer = record.count + 1, consumer
    keep(group, record, now + idle)
    return {{row(record)}, parked}
  else
    forget(group, record.place)
    local told = record.error
    if told == '' then told = 'given ' .. record.count .. ' times and never settled' end
    park(group, record, told)
    parked[#parked + 1] = record.id
  end
end

local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', most, 'STREAMS', log, '>')
local rows = {}
for i, entry in ipairs(read and read[1][2] or {}) do rows[i] = row(recorded(entry, 1, '')) end
return {rows, parked}
"""
)
"""Give one again or several new: {{{place, id, at, count, event}, …}, {ids parked instead, …}}."""

AHEAD = (
    _COMMON
    + """
local name, idle = ARGV[3], tonumber(ARGV[4])
local last, length = extent()
local group = {name = name, given = 0}
local is_there = false
for _, one in ipairs(groups()) do
  if one.name == name then group, is_there = one, true end
end
local given = id_of(group.given)
if lag_of(group, last, length) > 0 then return {0, given} end
if is_there and #redis.call('XPENDING', log, name, 'IDLE', idle, '-', '+', 1) > 0 then
  return {0, given}
end
local first = redis.call('ZRANGE', due_key(name), 0, 0, 'WITHSCORES')
if not first[2] then return {-1, given} end
return {math.max(0, tonumber(first[2]) - now_ms()), given}
"""
)
"""When there is something to take: {milliseconds, -1 for not known, what the group was given}."""

HOLD = (
    _COMMON
    + """
local group, place, consumer, count = ARGV[3], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local record = in_hand(group, place, consumer, count)
if not record then return 0 end
if kept(group, place) then
  keep(group, record, now_ms() + tonumber(ARGV[7]))
else
  redis.call('XCLAIM', log, group, consumer, 0, id_of(place), 'JUSTID')
end
return 1
"""
)

ACKNOWLEDGE = (
    _COMMON
    + """
return settle(ARGV[3], tonumber(ARGV[4]))
"""
)

PUT_OFF = (
    _COMMON
    + """
local group, place, consumer, count = ARGV[3], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local wait, why, tried = tonumber(ARGV[7]), ARGV[8], ARGV[9] == '1'
local record = in_hand(group, place, consumer, count)
if not record then return 'gone' end
settle(group, place)
if tried and count >= tonumber(ARGV[10]) then
  park(group, record, why)
  return 'parked'
end
if not tried then record.count = count - 1 end
record.consumer, record.error = '', why
keep(group, record, now_ms() + wait)
return 'later'
"""
)

PARK = (
    _COMMON
    + """
local group, place, consumer, count = ARGV[3], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local record = in_hand(group, place, consumer, count)
if not record then return 0 end
settle(group, place)
park(group, record, ARGV[7])
return 1
"""
)

TRIM = (
    _COMMON
    + """
local dropped, missed = trim(tonumber(ARGV[3]), tonumber(ARGV[4]))
return {dropped, missed}
"""
)

STATE = (
    _COMMON
    + """
local last, length = extent()
local counts = named(redis.call('HGETALL', base .. 'counts:' .. stream))
local told = {}
for i, group in ipairs(groups()) do
  local held, waiting = group.pending, 0
  for _, text in ipairs(redis.call('HVALS', again_key(group.name))) do
    if cjson.decode(text).consumer == '' then waiting = waiting + 1 else held = held + 1 end
  end
  local missed = counts['missed:' .. group.name] or '0'
  told[i] = {group.name, whole(lag_of(group, last, length)), whole(held), whole(waiting), missed}
end
return {whole(length), counts.trimmed or '0', told}
"""
)
"""{length, trimmed, {{group, lag, in hand, waiting, missed}, …}}."""

REPLAY = (
    _COMMON
    + """
local name, given, now = ARGV[3], 0, now_ms()
local group
for _, one in ipairs(groups()) do if one.name == name then group = one end end
if not group then return 0 end

local function from_parked(id)
  local slot = stream .. ' ' .. name .. ' ' .. id
  local at = redis.call('HGET', base .. 'parked-at', slot)
  if not at then return false end
  local entry = redis.call('XRANGE', base .. 'parked', at, at)[1]
  redis.call('HDEL', base .. 'parked-at', slot)
  if not entry then return false end
  redis.call('XDEL', base .. 'parked', at)
  local fields = named(entry[2])
  keep(name, {place = tonumber(fields.place), id = id, at = fields.at, event = fields.event,
    count = 0, consumer = '', error = ''}, now)
  return true
end

local function from_stream(id)
  local where = redis.call('GET', base .. 'id:' .. id)
  local of, place = string.match(where or '', '^(%S+) (%d+)$')
  if of ~= stream then return false end
  place = tonumber(place)
  local record = kept(name, place)
  if record then
    local due = tonumber(redis.call('ZSCORE', due_key(name), member_of(place)))
    if record.consumer ~= '' or due <= now then return false end
    keep(name, record, now)
    return true
  end
  if place > group.given or pending(name, place) then return false end
  local entry = entry_at(place)
  if not entry then return false end
  keep(name, recorded(entry, 0, ''), now)
  return true
end

for i = 4, #ARGV do
  if from_parked(ARGV[i]) or from_stream(ARGV[i]) then given = given + 1 end
end
return given
"""
)
"""How many of these ids the group is given again."""
