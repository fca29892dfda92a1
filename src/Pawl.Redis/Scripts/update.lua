-- Replaces the claims, the security stamp and the properties of a session that has not ended. SessionLayout defines the fields.
-- KEYS: the session; its properties. ARGV: '1' for new claims, and the claims; '1' for a new stamp, the bytes of its length, and the stamp;
-- '1' for new properties, the bytes of their version, and their content.
-- Returns whether there is such a session.
local session = redis.call('GET', KEYS[1])
if not session or session:byte(END_REASON) ~= NOT_ENDED then
    return 0
end
local function size(first)
    local length = struct.unpack(LENGTH, session, first)
    return length == NO_TEXT and 0 or length
end
local stamp = TEXTS + size(SUBJECT_LENGTH) + size(DEVICE_LENGTH)
local rest = stamp + size(STAMP_LENGTH)
local length, text, claims = session:sub(STAMP_LENGTH, STAMP_LENGTH_LAST), session:sub(stamp, rest - 1), session:sub(rest)
if ARGV[1] == '1' then
    claims = ARGV[2]
end
if ARGV[3] == '1' then
    length, text = ARGV[4], ARGV[5]
end
local version = session:sub(ENDED_AT, ENDED_AT_LAST)
if ARGV[6] == '1' then
    version = ARGV[7]
    if version == NO_PROPERTIES then
        redis.call('DEL', KEYS[2])
    else
        redis.call('SET', KEYS[2], ARGV[8], 'PX', math.max(1, redis.call('PTTL', KEYS[1])))
    end
end
local head = session:sub(1, ENDED_AT - 1) .. version .. session:sub(ENDED_AT_LAST + 1, STAMP_LENGTH - 1)
redis.call('SET', KEYS[1], head .. length .. session:sub(TEXTS, stamp - 1) .. text .. claims, 'KEEPTTL')
return 1
