using System.Threading.RateLimiting;

namespace Pawl.Server;

/// <summary>
/// Hashing a password is a tenth of a second of a processor. No more are hashed at once than there are processors, so that refreshes and requests, which take a
/// thousandth of that, still find one; a few seconds' worth may wait, and the rest is told to come back.
/// </summary>
internal sealed class HashingQueue : IDisposable
{
    private const int WaitingPerProcessor = 50;

    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = Environment.ProcessorCount,
        QueueLimit = Environment.ProcessorCount * WaitingPerProcessor,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a turn, which lasts until what is returned is disposed of; null if too many are waiting.</summary>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellationToken)
    {
        var turn = await _limiter.AcquireAsync(1, cancellationToken);
        if (turn.IsAcquired)
            return turn;
        turn.Dispose();
        return null;
    }

    public void Dispose() => _limiter.Dispose();
}
