-- Enters endings in the feed, each once, in one step: whoever reads sees them in the order of their positions. These follow the clock, so that they go on upwards
-- also where a server takes over that is a little behind.
-- KEYS: the feed; the last position. ARGV: the channel; the endings.
local time = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local position = math.max(last, time[1] * 1000000 + time[2] - 1)
local first = position
for i = 2, #ARGV do
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
