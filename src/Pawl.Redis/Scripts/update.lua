-- Replaces the claims and the security stamp of a session that has not ended.
-- KEYS: the session. ARGV: '1' for new claims, and these; '1' for a new stamp, its length as two bytes, and the stamp.
local session = redis.call('GET', KEYS[1])
if not session or session:byte(3) ~= 0 then
    return 0
end
local subject, device, stamp = struct.unpack('>I2I2I2', session, 40)
local none = 65535
local before = 45 + subject + (device == none and 0 or device)
local after = before + (stamp == none and 0 or stamp)
local length, text, claims = session:sub(44, 45), session:sub(before + 1, after), session:sub(after + 1)
if ARGV[1] == '1' then
    claims = ARGV[2]
end
if ARGV[3] == '1' then
    length, text = ARGV[4], ARGV[5]
end
redis.call('SET', KEYS[1], session:sub(1, 43) .. length .. session:sub(46, before) .. text .. claims, 'KEEPTTL')
return 1
