using System.Globalization;
using Pawl.Stores.Tests;

namespace Pawl.Faults.Tests;

/// <summary>
/// Which faults there are, and which of them this run tries: all, for as long as <c>PAWL_FAULTS</c> says, or a few for a moment.
/// </summary>
internal static class Roster
{
    private const int SmokeSeconds = 8;
    private static readonly TimeSpan ThoroughTime = TimeSpan.FromSeconds(30);

    private static readonly string? Asked = Environment.GetEnvironmentVariable("PAWL_FAULTS");

    public static bool IsThorough => Asked is not null;

    /// <summary>For how long there is load.</summary>
    public static TimeSpan Time => TimeSpan.FromSeconds(Asked is null ? SmokeSeconds : int.Parse(Asked, CultureInfo.InvariantCulture));

    /// <summary>How many there are: signing in is slow, so a quick look has fewer.</summary>
    public static int Clients =>
        !IsThorough ? 12
        : Time < ThoroughTime ? 16
        : 64;

    /// <summary>In the order of the table.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        .. OfEvery(static () => new PostgreSqlServer(), "PostgreSQL"),
        new StandbyPromoted(isSynchronous: true),
        new StandbyPromoted(isSynchronous: false),
        new BackupRestored(),
        new DiskFull(),
        .. OfEvery(static () => new RedisServer("always"), "Redis"),
        new LastSecondLost(),
    ];

    /// <summary>The places in <see cref="All"/> of what is tried.</summary>
    public static TheoryData<int, string> Tried =>
        [
            .. All.Index()
                .Where(static f =>
                    IsThorough || f.Item is { Store: "PostgreSQL" } and (KilledNode or StoreKilled or NetworkCut { IsOfAll: true })
                )
                .Select(static f => (f.Index, $"{f.Item.Store}: {f.Item.What}")),
        ];

    private static IEnumerable<Fault> OfEvery(Func<StoreServer> start, string store) =>
        [
            new KilledNode(start, store),
            new StoreRestarted(start, store),
            new StoreKilled(start, store),
            new StoreAway(start, store),
            new NetworkCut(start, store, 1),
            new NetworkCut(start, store, 3),
            new WrongClock(start, store),
        ];

    /// <summary>Why a fault cannot be tried here, or null.</summary>
    public static string? WhyNot(Fault fault) =>
        fault switch
        {
            { Store: "PostgreSQL" } when !PostgreSqlProcess.IsHere => "PostgreSQL is not installed.",
            { Store: "Redis" } when !RedisProcess.IsHere => "Redis is not installed.",
            WrongClock when !WrongClock.IsPossible => "There is no C compiler, for a clock that is wrong.",
            _ => null,
        };
}
