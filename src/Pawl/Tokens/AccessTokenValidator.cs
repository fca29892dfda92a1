using System.Text.Json;

namespace Pawl;

/// <summary>
/// Validates access tokens strictly by RFC 9068, section 4, RFC 7519 and RFC 8725. It throws no exception. It does not know which
/// sessions have ended, so callers check that in addition.
/// </summary>
internal static class AccessTokenValidator
{
    private const int MaxTextLength = 256;

    // The last second of the year 9999, the maximum of a DateTimeOffset.
    private const long LastSecond = 253402300799;

    /// <summary>Validates a token from a request at <paramref name="now"/>.</summary>
    public static AccessTokenResult Validate(ReadOnlySpan<char> text, KeyRing keys, AccessTokenRules rules, DateTimeOffset now)
    {
        if (JsonWebSignature.Verify(text, keys, rules.MaxTokenLength, out var payload) is var error and not AccessTokenError.None)
            return new(error);
        using var document = StrictJson.ParseObject(payload);
        if (document is null)
            return new(AccessTokenError.Malformed);

        var claims = document.RootElement;
        if (StrictJson.GetText(claims, "iss"u8, MaxTextLength) != rules.Issuer)
            return new(AccessTokenError.IssuerRefused);
        if (!IsFor(claims, rules.Audience))
            return new(AccessTokenError.AudienceRefused);
        if (
            StrictJson.GetText(claims, "sub"u8, MaxTextLength) is not { } subject
            || StrictJson.GetText(claims, "jti"u8, MaxTextLength) is not { } id
            || StrictJson.GetText(claims, "client_id"u8, MaxTextLength) is not { } clientId
            || !SessionId.TryParse(StrictJson.GetText(claims, "sid"u8, MaxTextLength), out var sessionId)
            || GetTime(claims, "iat"u8) is not { } issuedAt
            || GetTime(claims, "exp"u8) is not { } expiresAt
            || !ConfirmationClaim.TryRead(claims, out var thumbprint)
        )
            return new(AccessTokenError.ClaimRefused);

        var notBefore = issuedAt;
        if (claims.TryGetProperty("nbf"u8, out _))
        {
            if (GetTime(claims, "nbf"u8) is not { } time)
                return new(AccessTokenError.ClaimRefused);
            notBefore = time > issuedAt ? time : issuedAt;
        }
        if (expiresAt - issuedAt > rules.MaxLifetime || expiresAt <= notBefore)
            return new(AccessTokenError.ClaimRefused);
        var token = new AccessToken
        {
            Subject = subject,
            SessionId = sessionId,
            Id = id,
            ClientId = clientId,
            IssuedAt = issuedAt,
            ExpiresAt = expiresAt,
            Claims = payload,
            PropertiesVersion = PropertiesClaim.Read(claims),
            KeyThumbprint = thumbprint,
            ProvedAt = DeviceProofClaim.Read(claims),
        };
        var untimely =
            now < notBefore - rules.ClockSkew ? AccessTokenError.NotYetValid
            : IsExpired(token, rules, now) ? AccessTokenError.Expired
            : AccessTokenError.None;
        return new(untimely, token);
    }

    /// <summary>Whether a token that was accepted before has expired meanwhile.</summary>
    public static bool IsExpired(AccessToken token, AccessTokenRules rules, DateTimeOffset now) => now - rules.ClockSkew >= token.ExpiresAt;

    // RFC 7519, section 4.1.3: a string, or an array of strings of which one is ours.
    private static bool IsFor(JsonElement claims, string audience)
    {
        if (!claims.TryGetProperty("aud"u8, out var value))
            return false;
        if (value.ValueKind == JsonValueKind.String)
            return StrictJson.IsText(value, audience);
        if (value.ValueKind != JsonValueKind.Array)
            return false;
        var found = false;
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
                return false;
            found |= StrictJson.IsText(item, audience);
        }
        return found;
    }

    // Only whole seconds: a NumericDate may have a fraction (RFC 7519, section 2), but this server never writes one.
    private static DateTimeOffset? GetTime(JsonElement claims, ReadOnlySpan<byte> name) =>
        claims.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var seconds)
        && seconds is >= 0 and <= LastSecond
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : null;
}
