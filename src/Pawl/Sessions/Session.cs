using System.Text.Json.Serialization;

namespace Pawl;

/// <summary>One sign-in on one device. Access tokens are short-lived copies of it.</summary>
/// <remarks>
/// Its text and its JSON leave out the claims and the security stamp, so that neither reaches a log or a response by accident. An endpoint
/// that lists sessions should return its own type. Two sessions are equal if all members are; claims are compared byte by byte.
/// </remarks>
public sealed record Session
{
    // A field, so that the equality that the compiler generates compares the content.
    private readonly Bytes _claims = new("{}"u8.ToArray());

    /// <summary>The public name of the session.</summary>
    public required SessionId Id { get; init; }

    /// <summary>
    /// The user, as in the <c>sub</c> claim: a text that <see cref="SessionText.IsSubject"/> accepts. It is empty for a session that the
    /// store had lost when it was ended (<see cref="ISessionStore.EnterEndAsync"/>).
    /// </summary>
    public required string Subject { get; init; }

    /// <summary>The newest refresh token that has moved the session on.</summary>
    public required SessionHead Head { get; init; }

    /// <summary>When the user signed in. With <see cref="SessionPolicy.AbsoluteTimeout"/> it fixes <see cref="ExpiresAt"/>.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the session was last moved on; the idle timeout counts from here.</summary>
    public required DateTimeOffset LastUsedAt { get; init; }

    /// <summary>The absolute timeout. No use extends it.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How its tokens are sent.</summary>
    public SessionTransport Transport { get; init; }

    /// <summary>Whether the cookies outlive the browser.</summary>
    /// <value>True by default: stay signed in.</value>
    public bool IsPersistent { get; init; } = true;

    /// <summary>
    /// The app's name for the device, or its <c>User-Agent</c>, as <see cref="SessionText.ToDevice"/> makes it. An attacker may control
    /// this text.
    /// </summary>
    public string? Device { get; init; }

    /// <summary>
    /// The claims of every access token of the session besides the registered ones: a JSON object in UTF-8. A store keeps the bytes
    /// unchanged. A holder of an access token can read them, except for the member <c>pawl_sign_in</c>.
    /// </summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Claims
    {
        get => _claims.Content;
        init => _claims = new(value);
    }

    /// <summary>
    /// The user's security stamp at sign-in, which only the server sees. If the user store has another stamp, the session ends.
    /// </summary>
    [JsonIgnore]
    public string? SecurityStamp { get; init; }

    /// <summary>
    /// The version of the session's <see cref="SessionProperties"/>, which <see cref="ISessionStore.FindPropertiesAsync"/> reads. An
    /// access token of the session names it, so that an unchanged version is read once.
    /// </summary>
    /// <value>0: it has none. An ended session never has any.</value>
    [JsonIgnore]
    public long PropertiesVersion { get; init; }

    /// <summary>
    /// The key that the session is bound to, which <see cref="ISessionStore.BindAsync"/> sets once; null if it is not bound. An ended
    /// session shows none.
    /// </summary>
    [JsonIgnore]
    public DeviceKey? DeviceKey { get; init; }

    /// <summary>When and why the session was ended; null if it was not.</summary>
    public SessionEnd? End { get; init; }

    /// <summary>The word <c>session</c> and the id, for a log.</summary>
    public override string ToString() => $"session {Id}";
}
