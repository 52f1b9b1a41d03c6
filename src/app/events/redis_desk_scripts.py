"""What operators ask of the event bus on Redis: each script is one step that nobody sees half done.

What lies where, `app.events.redis_ground` says.
"""

from __future__ import annotations

from app.events.redis_ground import GROUND

TRIM = (
    GROUND
    + """
local dropped, missed = trim(tonumber(ARGV[3]), tonumber(ARGV[4]))
return {dropped, missed}
"""
)

STATE = (
    GROUND
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

MARK = (
    GROUND
    + """
local parked = base .. 'parked'
if redis.call('EXISTS', parked) == 0 then return '' end
local about = named(redis.call('XINFO', 'STREAM', parked))
return about['length'] .. ' ' .. about['last-generated-id']
"""
)
"""How many are parked, and which was the last: another text after each that comes or goes."""

REPLAY = (
    GROUND
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

DROP = (
    GROUND
    + """
local dropped = 0
for i = 4, #ARGV do
  local slot = stream .. ' ' .. ARGV[3] .. ' ' .. ARGV[i]
  local at = redis.call('HGET', base .. 'parked-at', slot)
  if at then
    redis.call('HDEL', base .. 'parked-at', slot)
    dropped = dropped + redis.call('XDEL', base .. 'parked', at)
  end
end
return dropped
"""
)
"""How many of these ids were parked for the group."""
