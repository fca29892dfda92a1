using System.Globalization;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

internal sealed class WrongClock(string id, TimeSpan wrong, bool isLong) : Scenario
{
    public static readonly Scenario[] All =
    [
        new WrongClock("S6 10 min slow", TimeSpan.FromMinutes(-10), isLong: false),
        new WrongClock("S6 10 min fast", TimeSpan.FromMinutes(10), isLong: true),
        new WrongClock("S6 1 day slow", TimeSpan.FromDays(-1), isLong: true),
        new WrongClock("S6 1 day fast", TimeSpan.FromDays(1), isLong: true),
    ];

    public override string Id => id;

    public override string What => "the device's clock is wrong; seven seconds of traffic at a token life of three";

    public override IReadOnlyList<int> Tabs => [1, 2];

    public override bool IsLong => isLong;

    public override Pace Pace => Pace.Quick;

    internal override Task PrepareAsync(Visitor visitor)
    {
        visitor.Proxy.DateShift = -wrong;
        return visitor.Context.AddInitScriptAsync(ShiftedClock.Script(wrong.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)));
    }

    internal override Task RunAsync(Trial trial) => ShortLives.TrafficAsync(trial, TimeSpan.FromSeconds(7));
}
