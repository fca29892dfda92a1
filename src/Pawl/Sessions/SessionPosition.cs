using System.Globalization;

namespace Pawl;

/// <summary>
/// A place in the list of a user's sessions. The list is sorted by the time of sign-in, the newest first, and within a millisecond by id,
/// the greatest first. A place keeps its meaning when sessions before and behind it come and go.
/// </summary>
public readonly record struct SessionPosition
{
    // Of the year 9999 in milliseconds.
    private const int MaxTimeLength = 15;

    /// <summary>A place.</summary>
    /// <param name="createdAt">When the session at that place was created.</param>
    /// <param name="id">The id of the session at that place.</param>
    public SessionPosition(DateTimeOffset createdAt, SessionId id) => (CreatedAt, Id) = (createdAt, id);

    /// <summary>When the session at that place was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The id of the session at that place.</summary>
    public SessionId Id { get; init; }

    /// <summary>The place of a session.</summary>
    /// <exception cref="ArgumentNullException">There is no session.</exception>
    public static SessionPosition Of(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        return new(session.CreatedAt, session.Id);
    }

    /// <summary>Reads what <see cref="ToString"/> has written. Returns false, and throws nothing, for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SessionPosition position)
    {
        position = default;
        var dot = text.IndexOf('.');
        if (
            dot is < 1 or > MaxTimeLength
            || !long.TryParse(text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            || !SessionId.TryParse(text[(dot + 1)..], out var id)
        )
            return false;
        position = new(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds), id);
        return true;
    }

    /// <summary>The place as text for a URL: the time in milliseconds since 1970, a dot, and the id.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CreatedAt.ToUnixTimeMilliseconds()}.{Id}");
}
