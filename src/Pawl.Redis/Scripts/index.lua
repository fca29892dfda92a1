-- Adds a session to its user's list, and removes the ids of sessions that were created too long ago to be alive.
-- KEYS: the user's sessions. ARGV: the id; when it was created; how long the session is kept; when the oldest live session can have been
-- created. All times are in milliseconds.
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[3]) then
    redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1
