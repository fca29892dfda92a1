using System.Text.Json;
using System.Text.Json.Serialization;
using Pawl.Client.Proofs;

namespace Pawl.Client.Vault;

/// <summary>The JSON of responses and of vaults, without reflection.</summary>
internal static class TokenJson
{
    private const int Version = 1;

    // The session has a key. A program that knows only version 1 must not use it: without a proof, its refresh might end the session.
    private const int KeyedVersion = 2;

    public static TokenResponse? ReadResponse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, TokenJsonContext.Default.TokenResponse);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static byte[] Write(SessionTokens tokens) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new StoredTokens
            {
                Version = tokens.Key is null ? Version : KeyedVersion,
                Server = tokens.Server,
                Account = tokens.Account,
                Sid = tokens.SessionId,
                Sub = tokens.Subject,
                AccessToken = tokens.AccessToken,
                RefreshToken = tokens.RefreshToken,
                ExpiresIn = tokens.ExpiresIn.TotalSeconds,
                RefreshIn = tokens.RefreshIn.TotalSeconds,
                ReceivedAt = tokens.ReceivedAt,
                SignedOut = tokens.IsSignedOut,
                ProofKey = tokens.Key?.Content,
                ProofKeyThumbprint = tokens.Key?.Thumbprint,
                Bound = tokens.IsBound,
            },
            TokenJsonContext.Default.StoredTokens
        );

    public static SessionTokens Read(ReadOnlySpan<byte> bytes)
    {
        StoredTokens? stored;
        try
        {
            stored = JsonSerializer.Deserialize(bytes, TokenJsonContext.Default.StoredTokens);
        }
        catch (JsonException)
        {
            stored = null;
        }
        if (stored is { Version: not (0 or Version or KeyedVersion) })
            throw new TokenVaultException(
                $"The token vault has the format {stored.Version}, and this version of Pawl.Client reads {Version} and {KeyedVersion}."
            );
        var key = stored is { Version: KeyedVersion } ? SessionKey.OfVault(stored.ProofKeyThumbprint, stored.ProofKey) : null;
        if (stored?.Version == KeyedVersion != key is not null)
            stored = null;
        if (stored is not { Version: not 0, Sid: { } sid, Sub: { } sub, AccessToken: { } access, RefreshToken: { } refresh })
            throw new TokenVaultException("The token vault is damaged: it does not have the form of a saved session.");
        return new()
        {
            SessionId = sid,
            Subject = sub,
            AccessToken = access,
            RefreshToken = refresh,
            ExpiresIn = Seconds(stored.ExpiresIn),
            RefreshIn = Seconds(stored.RefreshIn),
            ReceivedAt = stored.ReceivedAt,
            Server = stored.Server ?? "",
            Account = stored.Account ?? "",
            IsSignedOut = stored.SignedOut,
            Key = key,
            IsBound = stored.Bound && key is not null,
        };
    }

    // Longer than any access token lives, and short enough for every timer.
    public static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(double.IsFinite(seconds) ? Math.Clamp(seconds, 0, 86_400) : 0);
}

internal sealed class TokenResponse
{
    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public string? Sid { get; init; }

    public string? Sub { get; init; }

    public double ExpiresIn { get; init; }

    public double RefreshIn { get; init; }

    public string? TokenType { get; init; }

    public string? Code { get; init; }

    public string? Reason { get; init; }

    private bool IsBound => string.Equals(TokenType, "DPoP", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Null if this is not a response with tokens that this session can use. Without a refresh token, the present one stays.
    /// </summary>
    public SessionTokens? ToTokens(SessionTokens? before, DateTimeOffset receivedAt) =>
        (AccessToken, RefreshToken ?? before?.RefreshToken, Sid, Sub)
            is ({ Length: > 0 } access, { Length: > 0 } refresh, { Length: > 0 } sid, { Length: > 0 } sub)
        && ExpiresIn > 0
        && (before is null || before.SessionId == sid)
        && !access.Any(char.IsControl)
        // Bound to a key that this program does not have.
        && (!IsBound || before?.Key is not null)
            ? new()
            {
                SessionId = sid,
                Subject = sub,
                AccessToken = access,
                RefreshToken = refresh,
                ExpiresIn = TokenJson.Seconds(ExpiresIn),
                RefreshIn = TokenJson.Seconds(RefreshIn > 0 ? RefreshIn : ExpiresIn),
                ReceivedAt = receivedAt,
                Server = before?.Server ?? "",
                Account = before?.Account ?? "",
                Key = before?.Key,
                IsBound = IsBound,
            }
            : null;
}

internal sealed class StoredTokens
{
    public int Version { get; init; }

    public string? Server { get; init; }

    public string? Account { get; init; }

    public string? Sid { get; init; }

    public string? Sub { get; init; }

    public string? AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    public double ExpiresIn { get; init; }

    public double RefreshIn { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }

    public bool SignedOut { get; init; }

    // The members of a session with a key are in no file of version 1.
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? ProofKey { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProofKeyThumbprint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Bound { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(StoredTokens))]
internal sealed partial class TokenJsonContext : JsonSerializerContext;
