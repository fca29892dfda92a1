-- Ends a session, removes its properties and its device key, and adds the ending to its bucket's outbox until the feed has it: all or
-- nothing. SessionLayout defines the fields.
-- KEYS: the session; the outbox; the properties; the device key. ARGV: the id; the bytes of reason and time; how long the session is
-- kept; the bytes of an ended session to write if there is none, or nothing.
-- Returns whether this call ended it, whether the feed lacks the ending, and the session.
local session = redis.call('GET', KEYS[1])
if not session and ARGV[4] == '' then
    return false
end
if not session then
    redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[3])
    redis.call('SADD', KEYS[2], ARGV[1] .. ARGV[2])
    return {1, 1, ARGV[4]}
end
if session:byte(END_REASON) ~= NOT_ENDED then
    return {0, redis.call('SISMEMBER', KEYS[2], ARGV[1] .. session:sub(END_REASON, ENDED_AT_LAST)), session}
end
-- SETRANGE counts from 0, Lua from 1.
redis.call('SETRANGE', KEYS[1], END_REASON - 1, ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3], 'LT')
if session:sub(ENDED_AT, ENDED_AT_LAST) ~= NO_PROPERTIES then
    redis.call('DEL', KEYS[3])
end
if bit.band(session:byte(FLAGS), BOUND) ~= 0 then
    redis.call('DEL', KEYS[4])
end
redis.call('SADD', KEYS[2], ARGV[1] .. ARGV[2])
return {1, 1, session:sub(1, END_REASON - 1) .. ARGV[2] .. session:sub(ENDED_AT_LAST + 1)}
