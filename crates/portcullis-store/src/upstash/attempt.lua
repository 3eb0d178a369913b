-- The rule of an attempt; see src/attempts.rs.
-- ARGV: now, until when to keep the row, the most attempts
local time = redis.call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)
local now, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local row = redis.call('HMGET', KEYS[1], 'began', 'made', 'keep')
local made = tonumber(row[2] or '0')
if keep <= now or (not row[2] and keep <= server) or made >= tonumber(ARGV[3]) then return false end
if row[3] then keep = math.max(keep, tonumber(row[3])) end
redis.call('HSET', KEYS[1], 'made', string.format('%.0f', made + 1), 'keep', string.format('%.0f', keep))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', keep + 3600000))
return {made + 1, row[1] or ''}
