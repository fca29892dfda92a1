-- Replaces the key document if its version is still the one given. KEYS: the document. ARGV: that version; the next one; the content.
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then
    return 0
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'content', ARGV[3])
return 1
