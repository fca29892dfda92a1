using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Pawl.AspNetCore;

/// <summary>The tokens of one response. The refresh token is missing if the client keeps the one that it has.</summary>
internal sealed record IssuedTokens(
    Session Session,
    string AccessToken,
    string? RefreshToken,
    string Generation,
    int ExpiresIn,
    int RefreshIn,
    int RefreshExpiresIn,
    int SessionExpiresIn,
    DateTimeOffset? ProvedAt = null
);

/// <summary>Makes the tokens of a response. It adds randomness and the clock to the formats of the core.</summary>
internal sealed class TokenIssuer(KeyRingProvider keys, TimeProvider clock)
{
    // RFC 6265bis, section 5.7: browsers drop a cookie whose name and value together are longer than this.
    private const int MaxCookieSize = 4096;

    public static ulong NewTokenId()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    public static SessionId NewSessionId()
    {
        Span<byte> bytes = stackalloc byte[SessionId.Size];
        RandomNumberGenerator.Fill(bytes);
        return new SessionId(bytes);
    }

    /// <summary>Writes a child of a refresh token, dated from now.</summary>
    public string WriteChild(RefreshToken parent) =>
        RefreshTokenCodec.Write(parent.Child(NewTokenId(), clock.GetUtcNow()), keys.Ring.RefreshTokenKey!);

    /// <param name="session">The session.</param>
    /// <param name="refreshToken">The refresh token of the response, if it has one.</param>
    /// <param name="decidedAt">
    /// When the session was known to be alive. The access token is dated from then, so that it expires before
    /// any node forgets an ending of the session.
    /// </param>
    /// <param name="options">The scheme's options.</param>
    /// <param name="notAfter">The latest time at which the access token may expire.</param>
    /// <param name="provedAt">When the browser proved the session's key; null if it has not.</param>
    /// <exception cref="InvalidOperationException">
    /// The session's claims make the access token too large; the message gives the sizes.
    /// </exception>
    public IssuedTokens Issue(
        Session session,
        RefreshToken? refreshToken,
        DateTimeOffset decidedAt,
        PawlOptions options,
        DateTimeOffset? notAfter = null,
        DateTimeOffset? provedAt = null
    )
    {
        var ring = keys.Ring;
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        var id = Base64Url.EncodeToString(random);

        // No token outlives its session. The time is in whole seconds, as in the claims.
        var life = session.ExpiresAt - decidedAt is var rest && rest < options.AccessTokenLifetime ? rest : options.AccessTokenLifetime;
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(decidedAt.ToUnixTimeSeconds());
        var expiresAt = issuedAt.AddSeconds(Math.Max(1, (int)life.TotalSeconds));
        if (notAfter < expiresAt)
            expiresAt = notAfter.Value;
        // Verifiers accept a token for the clock skew after its expiry, and a client may renew it then.
        if (issuedAt >= expiresAt)
            issuedAt = expiresAt.AddSeconds(-1);
        var access = AccessTokenWriter.Write(session, ring.Signing!, options.Rules, id, issuedAt, expiresAt, provedAt);
        if (options.CookieNames.Access.Length + access.Length is > MaxCookieSize and var size)
            throw new InvalidOperationException(
                $"The access token and the name of its cookie would have {size} characters, and browsers drop cookies over "
                    + $"{MaxCookieSize}: put fewer claims into the principal that is signed in."
            );
        var now = clock.GetUtcNow();
        var left = session.ExpiresAt - now;
        var expiresIn = Math.Max(1, (int)Math.Ceiling((expiresAt - now).TotalSeconds));
        var acceptedFor = Math.Ceiling((expiresAt + options.ClockSkew - now).TotalSeconds);
        return new IssuedTokens(
            session,
            access,
            refreshToken is { } token ? RefreshTokenCodec.Write(token, ring.RefreshTokenKey!) : null,
            Generation: id[..8],
            expiresIn,
            // A tenth early, so that the refresh completes before a request is refused. The value is rounded to the nearest second:
            // rounding down would halve a lifetime of two seconds.
            RefreshIn: (int)Math.Max(1, Math.Min(Math.Round(expiresIn * 0.9, MidpointRounding.AwayFromZero), acceptedFor - 1)),
            RefreshExpiresIn: (int)Math.Min(left.TotalSeconds, options.IdleTimeout.TotalSeconds),
            SessionExpiresIn: (int)left.TotalSeconds,
            ProvedAt: provedAt
        );
    }
}
