namespace Pawl.AspNetCore;

/// <summary>
/// What happens to a request that requires a live session while the store does not answer, and to a request to a service with
/// <c>AddPawlResource</c> while the server of the sessions does not answer.
/// </summary>
public enum StoreUnavailableBehavior
{
    /// <summary>
    /// The request is refused with 503 <c>store_unavailable</c>. Ended sessions are refused for certain, and so is every other request
    /// during the outage.
    /// </summary>
    Refuse = 0,

    /// <summary>
    /// The request is accepted by its access token, as on other endpoints. A session that ended on another node may be accepted until its
    /// access token expires.
    /// </summary>
    Accept = 1,
}
