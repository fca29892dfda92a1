using System.Net;

namespace Pawl.Client;

/// <summary>A connection could not be opened because there is no session. The user has to sign in first.</summary>
public sealed class SessionEndedException : HttpRequestException
{
    internal SessionEndedException(SignedOut ended)
        : base(
            ended.Reason is { } reason ? $"The session has ended ({reason}): sign in again." : "No user has signed in.",
            null,
            HttpStatusCode.Unauthorized
        ) => Reason = ended.Reason;

    /// <summary>As in <see cref="SignedOut.Reason"/>.</summary>
    public string? Reason { get; }
}
