-- Ends a session, and notes in its bucket's outbox that the feed has yet to be told: both or neither.
-- KEYS: the session; the outbox. ARGV: the id; the reason and the time; how long the session stays; what to write, as one that
-- has ended, where there is none, or nothing. Returns whether this ended it, whether the feed waits for it, and the session.
local session = redis.call('GET', KEYS[1])
if not session and ARGV[4] == '' then
    return false
end
if not session then
    redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[3])
    redis.call('SADD', KEYS[2], ARGV[1] .. ARGV[2])
    return {1, 1, ARGV[4]}
end
if session:byte(3) ~= 0 then
    return {0, redis.call('SISMEMBER', KEYS[2], ARGV[1] .. session:sub(3, 9)), session}
end
redis.call('SETRANGE', KEYS[1], 2, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3], 'LT')
redis.call('SADD', KEYS[2], ARGV[1] .. ARGV[2])
return {1, 1, session:sub(1, 2) .. ARGV[2] .. session:sub(10)}
