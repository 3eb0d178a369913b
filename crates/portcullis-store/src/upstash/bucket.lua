-- The rule of a bucket; see src/bucket.rs.
-- ARGV: now, nanoseconds per hit, nanoseconds when full, what is still a straggler, whether to hit
local now, hit, full = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local row = redis.call('HMGET', KEYS[1], 'backlog', 'seen')
local backlog, seen = tonumber(row[1] or '0'), tonumber(row[2] or '0')
backlog = math.min(math.max(backlog - math.max(now - seen, 0) * 1000000, 0), full)
if ARGV[5] ~= '1' then return {'read', string.format('%.0f', backlog)} end
if now >= seen or seen - now > tonumber(ARGV[4]) then seen = now end
local said = 'full'
if backlog + hit <= full then
  backlog = backlog + hit
  said = 'hit'
end
redis.call('HSET', KEYS[1], 'backlog', string.format('%.0f', backlog), 'seen', string.format('%.0f', seen))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(backlog / 1000000) + 60000))
return {said, string.format('%.0f', backlog)}
