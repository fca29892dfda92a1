-- Moves a session's head if it is still the expected one. SessionLayout defines the fields.
-- KEYS: the session; its device key, only if there is a proof by it. ARGV: the token of the expected head; the bytes of last use,
-- generation and token to write; the time of this use; the time after which the session must have been used.
-- Returns the session, and its device key if it has one, or nothing.
local session = redis.call('GET', KEYS[1])
if not session or session:byte(END_REASON) ~= NOT_ENDED or session:sub(HEAD_TOKEN, HEAD_TOKEN_LAST) ~= ARGV[1] then
    return false
end
if struct.unpack(TIME, session, EXPIRES_AT) <= tonumber(ARGV[3]) or struct.unpack(TIME, session, LAST_USED_AT) <= tonumber(ARGV[4]) then
    return false
end
local key = false
if bit.band(session:byte(FLAGS), BOUND) ~= 0 then
    key = KEYS[2] and redis.call('GET', KEYS[2])
    if not key then
        return false
    end
end
-- SETRANGE counts from 0, Lua from 1.
redis.call('SETRANGE', KEYS[1], LAST_USED_AT - 1, ARGV[2])
session = session:sub(1, LAST_USED_AT - 1) .. ARGV[2] .. session:sub(HEAD_TOKEN_LAST + 1)
return key and {session, key} or session
