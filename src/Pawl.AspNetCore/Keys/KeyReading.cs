using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>
/// Reads the keys again every half minute, so that keys of other nodes, and revocations, take effect here within that time.
/// </summary>
internal sealed class KeyReading(KeyRingProvider keys, TimeProvider clock, ILogger<KeyReading> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await WaitAsync(timer, stoppingToken))
        {
            try
            {
                await keys.UpdateAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.BackgroundFailed("Reading the keys", Interval, e);
            }
        }
    }

    internal static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
