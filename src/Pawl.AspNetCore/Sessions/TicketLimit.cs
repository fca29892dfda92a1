namespace Pawl.AspNetCore;

/// <summary>
/// How many tickets a session gets: 60 at once, then one a second. A single session therefore cannot fill the memory of
/// <see cref="UsedTickets"/>, which would keep other users from connecting.
/// </summary>
internal sealed class TicketLimit(TimeProvider clock)
{
    private readonly RateLimit _limit = new(60, TimeSpan.FromSeconds(1), clock);

    /// <summary>Takes one. Zero, or how long to wait.</summary>
    public TimeSpan Take(SessionId id) => _limit.Take(id.GetHashCode());
}
