-- Removes a session that nobody needs. KEYS: the session. ARGV: what expired or ended before this goes; so does what was not used since then. Returns it if it was removed.
local session = redis.call('GET', KEYS[1])
if not session then
    return false
end
local ended, _, expires, used = struct.unpack('>i6i6i6i6', session, 4)
if expires >= tonumber(ARGV[1]) and used >= tonumber(ARGV[2]) and (session:byte(3) == 0 or ended >= tonumber(ARGV[1])) then
    return false
end
redis.call('DEL', KEYS[1])
return session
