using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Pawl.Bench.Runner;

namespace Pawl.Bench.Growth;

/// <summary>Redis is fast enough to be filled through the store.</summary>
internal sealed class RedisGrowth : GrowingStore
{
    private const int Callers = 256;
    private readonly RedisServer server;

    private RedisGrowth(RedisServer server)
        : base(pawl => pawl.AddRedisStore($"127.0.0.1:{server.Port}")) => this.server = server;

    /// <summary>A log that is not written anew meanwhile, so that its growth is what was written.</summary>
    public static RedisGrowth Create() => new(new RedisServer("--auto-aof-rewrite-percentage", "0"));

    public override async Task FillAsync(long first, long count, TimeSpan life)
    {
        // A session that is dead was made at its time: an absolute timeout before that is none.
        var created = DateTimeOffset.UtcNow - (life < TimeSpan.Zero ? TimeSpan.FromDays(90) - life : TimeSpan.Zero);
        var next = first - 1;
        await Task.WhenAll(
            Enumerable
                .Range(0, Callers)
                .Select(async _ =>
                {
                    while (Interlocked.Increment(ref next) is var number && number < first + count)
                        await Sessions.CreateAsync(
                            Population.Session(number, Population.Subject(number), created, TimeSpan.FromDays(90)),
                            CancellationToken.None
                        );
                })
        );
    }

    public override Task SettleAsync() => Task.CompletedTask;

    /// <summary>All that Redis has asked its allocator for: keys, values, their table, and the index of users' sessions.</summary>
    public override Task<long> SizeAsync() => Task.FromResult(long.Parse(server.Info("used_memory"), CultureInfo.InvariantCulture));

    public override Task<long> WrittenAsync() => Task.FromResult(long.Parse(server.Info("aof_current_size"), CultureInfo.InvariantCulture));

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        server.Dispose();
    }
}
