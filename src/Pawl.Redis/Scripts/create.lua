-- Adds a session with properties, if there is no session of that id.
-- KEYS: the session; its properties. ARGV: the session; how long both are kept; the content of the properties.
-- Returns whether it was added.
if redis.call('EXISTS', KEYS[1]) == 1 then
    return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[2])
return 1
