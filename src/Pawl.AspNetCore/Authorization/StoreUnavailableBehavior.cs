namespace Pawl.AspNetCore;

/// <summary>What becomes of a request that asks for a live session while the store cannot tell.</summary>
public enum StoreUnavailableBehavior
{
    /// <summary>It is refused, 503 <c>store_unavailable</c>: no session that was ended gets through, and nobody gets through while the store is away.</summary>
    Refuse = 0,

    /// <summary>It is accepted by its access token, as anywhere else: the app goes on, and a session that was ended elsewhere may get through until its access token expires.</summary>
    Accept = 1,
}
