using System.Diagnostics.CodeAnalysis;

namespace Pawl;

/// <summary>Why an access token was refused. For logs and metrics: the client learns only whether a refresh helps.</summary>
internal enum AccessTokenError
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>The token is not three canonical base64url segments of strict JSON, or it is too long.</summary>
    Malformed,

    /// <summary>
    /// The header names another algorithm than its key's, another type than <c>at+jwt</c>, or an extension (<c>crit</c>).
    /// </summary>
    HeaderRefused,

    /// <summary>No key has this <c>kid</c>.</summary>
    UnknownKey,

    /// <summary>The signature is wrong.</summary>
    SignatureRefused,

    /// <summary>A claim is missing, of the wrong type or out of range.</summary>
    ClaimRefused,

    /// <summary>The token is from another issuer.</summary>
    IssuerRefused,

    /// <summary>The token is for another audience.</summary>
    AudienceRefused,

    /// <summary>The token is not valid yet.</summary>
    NotYetValid,

    /// <summary>The token has expired: a refresh helps.</summary>
    Expired,
}

/// <summary>The result of a validation: a token, or the reason for its refusal.</summary>
internal readonly struct AccessTokenResult
{
    internal AccessTokenResult(AccessTokenError error, AccessToken? token = null) => (Error, Token) = (error, token);

    /// <summary>
    /// The token, or null if it was refused. An expired token is here too, and so is one that is not valid yet, since clocks differ. Such
    /// a token grants no access, but it may name the session to sign out.
    /// </summary>
    public AccessToken? Token { get; }

    /// <summary>Why the token was refused.</summary>
    public AccessTokenError Error { get; }

    /// <summary>Whether the token was accepted.</summary>
    [MemberNotNullWhen(true, nameof(Token))]
    public bool IsAccepted => Error is AccessTokenError.None && Token is not null;
}
