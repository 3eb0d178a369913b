-- The rule of a fetching; see src/flows.rs.
-- ARGV: now
local row = redis.call('HMGET', KEYS[1], 'verdict', 'keep')
if not row[2] or tonumber(ARGV[1]) >= tonumber(row[2]) then return {'unknown'} end
if not row[1] then return {'already'} end
redis.call('HDEL', KEYS[1], 'verdict')
return {'now', row[1]}
