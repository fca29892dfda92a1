-- Moves a session's head, if all is as it was decided upon. SessionBytes says what is where.
-- KEYS: the session. ARGV: the head's token that is expected; the last use, generation and token that follow; the same time as a number; the time it must have been used since.
local session = redis.call('GET', KEYS[1])
if not session or session:byte(3) ~= 0 or session:sub(32, 39) ~= ARGV[1] then
    return false
end
if struct.unpack('>i6', session, 16) <= tonumber(ARGV[3]) or struct.unpack('>i6', session, 22) <= tonumber(ARGV[4]) then
    return false
end
redis.call('SETRANGE', KEYS[1], 21, ARGV[2])
return session:sub(1, 21) .. ARGV[2] .. session:sub(40)
