namespace Pawl.Client;

/// <summary>A request could not be sent because its session could not be refreshed for now. The user stays signed in.</summary>
public sealed class SessionUnavailableException : HttpRequestException
{
    internal SessionUnavailableException(Unavailable fault)
        : base(fault.Problem) => RetryAfter = fault.RetryAfter;

    /// <summary>How long the server asks to wait, if it does.</summary>
    public TimeSpan? RetryAfter { get; }
}
