namespace Pawl.AspNetCore;

/// <summary>
/// Says whether the session of a request is alive, where there is no store: at a service that accepts the tokens of another server. The
/// scheme leaves it with the request.
/// </summary>
internal interface ILiveSessionCheck
{
    /// <summary>The session of the request's token.</summary>
    SessionId SessionId { get; }

    /// <summary>Why the session is not alive; null if it is.</summary>
    /// <exception cref="StoreUnavailableException">The server does not answer.</exception>
    Task<AuthorizationRefusal?> FindRefusalAsync(CancellationToken cancellationToken);
}
