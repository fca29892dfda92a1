using System.Net;
using System.Net.Http.Headers;
using Pawl.Client.Proofs;

namespace Pawl.Client;

/// <summary>
/// The state of a session: <see cref="SignedIn"/>, <see cref="SignedOut"/>, <see cref="Unavailable"/> or <see cref="Refused"/>.
/// </summary>
public abstract class SessionResult
{
    private protected SessionResult() { }
}

/// <summary>The session is alive as far as this program knows. Each access token has an object of its own.</summary>
public sealed class SignedIn : SessionResult
{
    internal SignedIn(SessionTokens tokens, string? vaultProblem)
    {
        (SessionId, Subject, AccessToken, VaultProblem) = (tokens.SessionId, tokens.Subject, tokens.AccessToken, vaultProblem);
        Key = tokens.IsBound ? tokens.Key : null;
        Authorization = new(Key is null ? "Bearer" : RequestProofs.Header, tokens.AccessToken);
        BindingProblem =
            tokens.Key is null || tokens.IsBound
                ? null
                : "The session is not bound to its key yet. The next refresh binds it if the server has the option AcceptDpop.";
    }

    /// <summary>The session's public id.</summary>
    public string SessionId { get; }

    /// <summary>The user, as the server names it.</summary>
    public string Subject { get; }

    /// <summary>A secret. It has not expired by the seconds that the server has given, at the moment of the call.</summary>
    public string AccessToken { get; }

    /// <summary>
    /// Why the vault could not save the last refresh, in a sentence; else <see langword="null"/>. The session continues in this program,
    /// and the vault still has the refresh token that a restart needs.
    /// </summary>
    public string? VaultProblem { get; }

    /// <summary>
    /// Whether the session is bound to a key (<see cref="PawlSessionOptions.UseDpop"/>). Then a request needs a proof besides the token,
    /// which <see cref="PawlSessionHandler"/> makes. As <c>Bearer</c> the token is refused.
    /// </summary>
    public bool IsBound => Key is not null;

    /// <summary>
    /// Why the session is not bound although <see cref="PawlSessionOptions.UseDpop"/> was called, in a sentence; else
    /// <see langword="null"/>. The session works without the protection of the key.
    /// </summary>
    public string? BindingProblem { get; internal set; }

    internal SessionKey? Key { get; }

    // Of the one access token, for all of its proofs.
    internal string AccessTokenHash => field ??= ProofWriter.Hash(AccessToken);

    // One for all requests: a header value of its own for each would be an allocation for each.
    internal AuthenticationHeaderValue Authorization { get; }

    /// <summary>Names the session and no secret.</summary>
    public override string ToString() => $"SignedIn {SessionId}";
}

/// <summary>There is no session: none has started, it was signed out here, or the server has said that it is over.</summary>
public sealed class SignedOut : SessionResult
{
    internal SignedOut(string? reason, string? sessionId = null) => (Reason, SessionId) = (reason, sessionId);

    // Which session is over, if one is.
    internal string? SessionId { get; }

    /// <summary>
    /// The server's reason, such as <c>idle</c>, <c>token_reused</c> or <c>refresh_token_invalid</c>; <c>signed_out</c> after a sign-out;
    /// <c>session_switched</c> while the vault holds the session of another user, whom another program has signed in;
    /// <see langword="null"/> if no user has signed in.
    /// </summary>
    public string? Reason { get; }

    /// <summary>Names the reason.</summary>
    public override string ToString() => $"SignedOut {Reason}".TrimEnd();
}

/// <summary>The server or the vault gave no answer that decides. Nothing is lost: the same call may succeed later.</summary>
public sealed class Unavailable : SessionResult
{
    internal Unavailable(string problem, TimeSpan? retryAfter = null) => (Problem, RetryAfter) = (problem, retryAfter);

    /// <summary>What went wrong, in a sentence without secrets.</summary>
    public string Problem { get; }

    /// <summary>How long the server asks to wait, if it does. Until then no refresh is sent.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>The problem.</summary>
    public override string ToString() => $"Unavailable: {Problem}";
}

/// <summary>The app has refused a sign-in, as for a wrong password. A session from before is untouched.</summary>
public sealed class Refused : SessionResult
{
    internal Refused(HttpStatusCode statusCode, string? code) => (StatusCode, Code) = (statusCode, code);

    /// <summary>The status of the app's response.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>The problem code of the response, such as <c>session_limit_reached</c>, if it has one.</summary>
    public string? Code { get; }

    /// <summary>The status and the code.</summary>
    public override string ToString() => $"Refused {(int)StatusCode} {Code}".TrimEnd();
}
