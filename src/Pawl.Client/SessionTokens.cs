using Pawl.Client.Proofs;
using Pawl.Client.Vault;

namespace Pawl.Client;

/// <summary>The tokens of a session with what a program needs to use them again after a restart. Immutable; all of it is secret.</summary>
public sealed class SessionTokens
{
    internal SessionTokens() { }

    internal string SessionId { get; init; } = "";

    internal string Subject { get; init; } = "";

    internal string AccessToken { get; init; } = "";

    internal string RefreshToken { get; init; } = "";

    internal TimeSpan ExpiresIn { get; init; }

    internal TimeSpan RefreshIn { get; init; }

    // By this machine's clock. It is compared with this machine's clock alone, and a difference that cannot be is not believed.
    internal DateTimeOffset ReceivedAt { get; init; }

    internal string Server { get; init; } = "";

    internal string Account { get; init; } = "";

    // Null in a session that no proof has been made for.
    internal SessionKey? Key { get; init; }

    // Whether the server has said that the session is bound to the key. It may be bound before this program learns of it.
    internal bool IsBound { get; init; }

    // A sign-out that the server has not heard of. The session is over for this machine.
    internal bool IsSignedOut { get; init; }

    internal SessionTokens With(
        string? refreshToken = null,
        bool? isSignedOut = null,
        (string Server, string Account)? owner = null,
        SessionKey? key = null
    ) =>
        new()
        {
            SessionId = SessionId,
            Subject = Subject,
            AccessToken = AccessToken,
            RefreshToken = refreshToken ?? RefreshToken,
            ExpiresIn = ExpiresIn,
            RefreshIn = RefreshIn,
            ReceivedAt = ReceivedAt,
            Server = owner?.Server ?? Server,
            Account = owner?.Account ?? Account,
            Key = key ?? Key,
            IsBound = IsBound,
            IsSignedOut = isSignedOut ?? IsSignedOut,
        };

    /// <summary>Reads the JSON of a response with tokens, as the app's sign-in endpoint sends it with the transport <c>Body</c>.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="timeProvider">The clock of the session that takes the tokens; the system's by default.</param>
    /// <exception cref="FormatException">It is not such a response. The message does not repeat it.</exception>
    public static SessionTokens FromResponse(ReadOnlySpan<byte> json, TimeProvider? timeProvider = null) =>
        TokenJson.ReadResponse(json)?.ToTokens(null, (timeProvider ?? TimeProvider.System).GetUtcNow())
        ?? throw new FormatException("This is not a response with an access token and a refresh token.");

    /// <summary>The bytes that a vault stores, in a format with a version.</summary>
    public byte[] ToBytes() => TokenJson.Write(this);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="TokenVaultException">The bytes are damaged, or of another version. The message does not repeat them.</exception>
    public static SessionTokens FromBytes(ReadOnlySpan<byte> bytes) => TokenJson.Read(bytes);

    /// <summary>Names the session and no secret.</summary>
    public override string ToString() => $"SessionTokens {SessionId}";
}
