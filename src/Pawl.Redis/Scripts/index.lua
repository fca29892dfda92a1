-- Adds a session to its user's list, and removes ids of sessions created more than 500 days before it: no session lives that long.
-- KEYS: the user's sessions. ARGV: the id; when it was created, in milliseconds; for how many milliseconds the session stays.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2] - 500 * 86400000)
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
