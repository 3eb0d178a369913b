-- The rule of a spending; see src/ledger.rs.
-- ARGV: now, ordinal, until when to keep the row, idempotency key or nothing, receipt
local time = redis.call('TIME')
local server = time[1] * 1000 + math.floor(time[2] / 1000)
local now, ordinal, keep = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local row = redis.call('HMGET', KEYS[1], 'ordinal', 'expires', 'keep', 'spent', 'key', 'receipt')
local expires = '0'
if row[1] then
  if row[4] == '1' then
    if ordinal == tonumber(row[1]) and ARGV[4] ~= '' and row[5] == ARGV[4] then return {'repeated', row[6]} end
    return {'already'}
  end
  keep = math.max(keep, tonumber(row[3]))
  -- A later ordinal than the row's is one whose issue was lost: good, and never twice.
  if ordinal < tonumber(row[1]) or keep <= now then return {'already'} end
  expires = row[2]
elseif keep <= math.max(now, server) then
  return {'already'}
end
redis.call('HSET', KEYS[1], 'ordinal', string.format('%.0f', ordinal), 'expires', expires,
  'keep', string.format('%.0f', keep), 'spent', '1')
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'key', ARGV[4], 'receipt', ARGV[5]) end
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', keep + 3600000))
return {'now'}
