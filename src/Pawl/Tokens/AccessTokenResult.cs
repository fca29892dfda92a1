using System.Diagnostics.CodeAnalysis;

namespace Pawl;

/// <summary>Why an access token was refused. For logs and metrics: a client learns only whether a refresh helps.</summary>
internal enum AccessTokenError
{
    /// <summary>Not refused.</summary>
    None = 0,

    /// <summary>Not three canonical base64url segments of strict JSON, or longer than is looked at.</summary>
    Malformed,

    /// <summary>The header names another algorithm than its key's, another type than <c>at+jwt</c>, or an extension (<c>crit</c>).</summary>
    HeaderRefused,

    /// <summary>No key of that <c>kid</c>.</summary>
    UnknownKey,

    /// <summary>The signature is not the key's.</summary>
    SignatureRefused,

    /// <summary>A claim is missing, of the wrong type or out of range.</summary>
    ClaimRefused,

    /// <summary>Another issuer's token.</summary>
    IssuerRefused,

    /// <summary>A token for somebody else.</summary>
    AudienceRefused,

    /// <summary>Not valid yet.</summary>
    NotYetValid,

    /// <summary>Good once: a refresh helps.</summary>
    Expired,
}

/// <summary>The outcome of a validation: a token, or why there is none.</summary>
internal readonly struct AccessTokenResult
{
    internal AccessTokenResult(AccessTokenError error, AccessToken? token = null) => (Error, Token) = (error, token);

    /// <summary>
    /// The token, or null if it was refused. One that has expired is here too, and one that is not valid yet, since clocks differ: they open nothing, but they may say
    /// which session to sign out.
    /// </summary>
    public AccessToken? Token { get; }

    /// <summary>Why it was refused.</summary>
    public AccessTokenError Error { get; }

    /// <summary>Whether it was accepted.</summary>
    [MemberNotNullWhen(true, nameof(Token))]
    public bool IsAccepted => Error is AccessTokenError.None && Token is not null;
}
