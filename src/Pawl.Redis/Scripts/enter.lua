-- Adds endings to the feed in one step, each only once. Readers see them in the order of their positions. A position is the server's time
-- in microseconds, or more: positions go on upwards even if a replica takes over that lacks the last ones.
-- KEYS: the feed; the last position. ARGV: the channel; the endings.
local MICROSECONDS = 1000000
local FIRST_ENDING = 2
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local position = math.max(last, time[1] * MICROSECONDS + time[2] - 1)
local first = position
for i = FIRST_ENDING, #ARGV do
    if not redis.call('ZSCORE', KEYS[1], ARGV[i]) then
        position = position + 1
        redis.call('ZADD', KEYS[1], position, ARGV[i])
    end
end
if position > first then
    redis.call('SET', KEYS[2], string.format('%.0f', position))
    redis.call('PUBLISH', ARGV[1], '')
end
return 1
