"""What agents ask of the event bus on Redis: each script is one step that nobody sees half done.

What lies where, `app.events.redis_ground` says.
"""

from __future__ import annotations

from app.events.redis_ground import GROUND

PUBLISH = (
    GROUND
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
    GROUND
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
    GROUND
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
    GROUND
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
    GROUND
    + """
return settle(ARGV[3], tonumber(ARGV[4]))
"""
)

PUT_OFF = (
    GROUND
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
if tried then record.error = why else record.count = count - 1 end
record.consumer = ''
keep(group, record, now_ms() + wait)
return 'later'
"""
)

PARK = (
    GROUND
    + """
local group, place, consumer, count = ARGV[3], tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local record = in_hand(group, place, consumer, count)
if not record then return 0 end
settle(group, place)
park(group, record, ARGV[7])
return 1
"""
)
