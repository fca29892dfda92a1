-- Removes a session that has expired, ended or not been used for long. SessionLayout defines the fields.
-- KEYS: the session; its properties; its device key. ARGV: the time before which it must have expired or ended; the time since which it
-- must not have been used. Returns the session if it was removed.
local session = redis.call('GET', KEYS[1])
if not session then
    return false
end
local function time(first)
    return (struct.unpack(TIME, session, first))
end
local expired, unused = tonumber(ARGV[1]), tonumber(ARGV[2])
local isOpen = session:byte(END_REASON) == NOT_ENDED or time(ENDED_AT) >= expired
if isOpen and time(EXPIRES_AT) >= expired and time(LAST_USED_AT) >= unused then
    return false
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
return session
