-- The rule of a finish; see src/flows.rs.
-- ARGV: now, until when to keep the row, the verdict
local time = redis.call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)
local now, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
if redis.call('EXISTS', KEYS[1]) == 1 or keep <= math.max(now, server) then return {'no'} end
redis.call('HSET', KEYS[1], 'verdict', ARGV[3], 'keep', ARGV[2])
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', keep + 3600000))
return {'finished'}
