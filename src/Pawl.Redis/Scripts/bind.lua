-- Binds a session that has not ended to a key, unless it has another one. SessionLayout defines the fields.
-- KEYS: the session; its device key. ARGV: the bytes of the key, with the time before them. Returns whether the session has that key now.
local session = redis.call('GET', KEYS[1])
if not session or session:byte(END_REASON) ~= NOT_ENDED then
    return 0
end
local flags = session:byte(FLAGS)
if bit.band(flags, BOUND) ~= 0 then
    local key = redis.call('GET', KEYS[2])
    return key and key:sub(BOUND_KEY) == ARGV[1]:sub(BOUND_KEY) and 1 or 0
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', math.max(1, redis.call('PTTL', KEYS[1])))
-- SETRANGE counts from 0, Lua from 1.
redis.call('SETRANGE', KEYS[1], FLAGS - 1, string.char(flags + BOUND))
return 1
