-- The rule of a beginning; see src/attempts.rs.
-- ARGV: now, until when to keep the row
local time = redis.call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)
local now, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local row = redis.call('HMGET', KEYS[1], 'began', 'made', 'keep')
if row[1] then return {row[1]} end
if keep <= now or (not row[2] and keep <= server) then return {ARGV[1]} end
if row[3] then keep = math.max(keep, tonumber(row[3])) end
redis.call('HSET', KEYS[1], 'began', ARGV[1], 'made', row[2] or '0', 'keep', string.format('%.0f', keep))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', keep + 3600000))
return {ARGV[1]}
