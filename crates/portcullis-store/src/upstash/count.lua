-- The rule of a quota; see src/quotas.rs.
-- ARGV: now, until when to keep the row, the most uses
local now, keep = tonumber(ARGV[1]), tonumber(ARGV[2])
local row = redis.call('HMGET', KEYS[1], 'uses', 'keep')
local uses = 0
if row[2] and tonumber(row[2]) > now then
    uses, keep = tonumber(row[1]), math.max(keep, tonumber(row[2]))
end
if uses >= tonumber(ARGV[3]) then return {'no'} end
redis.call('HSET', KEYS[1], 'uses', string.format('%.0f', uses + 1), 'keep', string.format('%.0f', keep))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', keep + 3600000))
return {'granted', uses + 1}
