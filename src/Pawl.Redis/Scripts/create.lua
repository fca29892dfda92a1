-- Adds a session with properties or a device key, if there is no session of that id.
-- KEYS: the session; its properties; its device key. ARGV: the session; how long all are kept; '1' for properties, and their content;
-- the bytes of the device key, or nothing. Returns whether it was added.
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if ARGV[3] == '1' then
    redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[2])
end
if ARGV[5] ~= '' then
    redis.call('SET', KEYS[3], ARGV[5], 'PX', ARGV[2])
end
return 1
