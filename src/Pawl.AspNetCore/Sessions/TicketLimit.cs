namespace Pawl.AspNetCore;

/// <summary>
/// The rate limit of tickets per session: 60 at once, then one a second. So a single session cannot fill the memory of
/// <see cref="UsedTickets"/>, which would prevent other users from connecting.
/// </summary>
internal sealed class TicketLimit(TimeProvider clock)
{
    private readonly RateLimit _limit = new(60, TimeSpan.FromSeconds(1), clock);

    /// <summary>Counts one ticket. Returns zero, or how long the client must wait.</summary>
    public TimeSpan Take(SessionId id) => _limit.Take(id.GetHashCode());
}
