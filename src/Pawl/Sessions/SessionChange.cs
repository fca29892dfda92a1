namespace Pawl;

/// <summary>A change of a session. Null leaves a part unchanged.</summary>
public readonly record struct SessionChange
{
    // A field, so that the equality that the compiler generates compares the content.
    private readonly Bytes? _claims;

    /// <summary>The new <see cref="Session.Claims"/>.</summary>
    public ReadOnlyMemory<byte>? Claims
    {
        get => _claims?.Content;
        init => _claims = value is { } claims ? new(claims) : null;
    }

    /// <summary>The new <see cref="Session.SecurityStamp"/>. A stamp cannot be removed.</summary>
    public string? SecurityStamp { get; init; }

    /// <summary>The new properties, with another version than the session has; the default value removes them.</summary>
    public SessionProperties? Properties { get; init; }

    /// <summary>The names of the parts that change, for a log.</summary>
    public override string ToString()
    {
        string?[] parts =
        [
            Claims is null ? null : "claims",
            SecurityStamp is null ? null : "security stamp",
            Properties is null ? null : "properties",
        ];
        return $"change of {string.Join(", ", parts.OfType<string>())}";
    }
}
