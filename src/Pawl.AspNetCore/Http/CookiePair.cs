using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// A name and a value as they stand in a Cookie header, split as RFC 6265, section 5.4, writes them. Without an equals sign it has no name.
/// </summary>
internal readonly record struct CookiePair(StringSegment Name, StringSegment Value)
{
    /// <summary>Removes the first pair and the semicolon after it from a line, and returns the pair.</summary>
    public static CookiePair TakeNext(ref StringSegment line)
    {
        var end = line.IndexOf(';');
        var pair = end < 0 ? line : line.Subsegment(0, end);
        line = end < 0 ? StringSegment.Empty : line.Subsegment(end + 1);
        var start = 0;
        while (start < pair.Length && pair[start] is ' ' or '\t')
            start++;
        var equals = pair.IndexOf('=');
        return equals < start ? default : new(pair.Subsegment(start, equals - start), pair.Subsegment(equals + 1));
    }

    /// <summary>Whether the pair has this name, in upper or lower case.</summary>
    public bool IsNamed(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}
