using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>One sign-in on one device: the truth that access tokens are a short-lived copy of.</summary>
/// <remarks>
/// Its text and its JSON leave the claims and the security stamp out, so that neither reaches a log or a response by accident. An endpoint
/// that lists sessions returns a type of its own. Two sessions are equal if all their members are; the claims are compared byte by byte.
/// </remarks>
public sealed record Session
{
    // A field, so that the equality which the compiler writes compares the content.
    private readonly Bytes _claims = new("{}"u8.ToArray());

    /// <summary>The public name of the session.</summary>
    public required SessionId Id { get; init; }

    /// <summary>
    /// Who signed in, the <c>sub</c> claim: a text that <see cref="SessionText.IsSubject"/> accepts. Empty for a session that the store had
    /// lost when it was ended (<see cref="ISessionStore.EnterEndAsync"/>).
    /// </summary>
    public required string Subject { get; init; }

    /// <summary>The newest refresh token that was used to move the session on.</summary>
    public required SessionHead Head { get; init; }

    /// <summary>When the user signed in. With <see cref="SessionPolicy.AbsoluteTimeout"/> it fixes <see cref="ExpiresAt"/>.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the session was last moved on; the idle timeout counts from here.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>The absolute timeout. No use extends it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How its tokens travel.</summary>
    public SessionTransport Transport { get; init; }

    /// <summary>Whether the cookies outlive the browser.</summary>
    /// <value>True by default: stay signed in.</value>
    public bool IsPersistent { get; init; } = true;

    /// <summary>
    /// What the user calls the device, or what its <c>User-Agent</c> said, as
    /// <see cref="SessionText.ToDevice"/> makes it: attacker-controlled text.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>
    /// The claims that every access token of the session carries besides the registered ones: a JSON object in UTF-8. A store keeps the
    /// bytes as they are. A holder of an access token can read it, except for the member <c>pawl_sign_in</c>.
    /// </summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Claims { get => _claims.Content; init => _claims = new(value); }

    /// <summary>The user's security stamp at sign-in, which only the server sees. A user store that has another one by now ends the session.</summary>
    [JsonIgnore]
    public string? SecurityStamp { get; init; }

    /// <summary>When and why the session was ended, or null while it lives.</summary>
    public SessionEnd? End { get; init; }

    /// <summary>The word <c>session</c> and the id, for a log.</summary>
    public override string ToString() => $"session {Id}";
}
