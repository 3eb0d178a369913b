-- The rule of a redemption; see src/ledger.rs.
-- ARGV: now, when the token expires, until when to keep the row, whether a first one is allowed, reissues
local time = redis.call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)
local now, expires, keep = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local row = redis.call('HMGET', KEYS[1], 'ordinal', 'expires', 'keep', 'spent')
local ordinal = 0
if row[1] then
  keep = math.max(keep, tonumber(row[3]))
  if row[4] == '1' then return {'spent'} end
  if now < tonumber(row[2]) then return {'live'} end
  if tonumber(row[1]) >= tonumber(ARGV[5]) then return {'exhausted'} end
  if keep <= now then return {'too late'} end
  ordinal = tonumber(row[1]) + 1
elseif ARGV[4] ~= '1' or keep <= math.max(now, server) then
  return {'too late'}
end
redis.call('HSET', KEYS[1], 'ordinal', string.format('%.0f', ordinal), 'expires', string.format('%.0f', expires),
  'keep', string.format('%.0f', keep), 'spent', '0')
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', keep + 3600000))
if row[1] then return {'reissued', ordinal} end
return {'first'}
