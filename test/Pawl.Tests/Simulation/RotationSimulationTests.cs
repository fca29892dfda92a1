using System.Globalization;
using System.Text;

namespace Pawl.Tests.Simulation;

/// <summary>
/// Rules of refreshing beside each other, in the same troubles and against the same thieves: how often an honest user is signed out, and
/// how long a thief lasts.
/// A simulation proves nothing (StateSpace does); it says how much the difference is.
/// </summary>
[Trait("Category", "Prove")]
public sealed class RotationSimulationTests(ITestOutputHelper output)
{
    private const int RoundsOfASession = 100;
    private const int RoundsWithAThief = 60;

    private static readonly bool IsDeep = Environment.GetEnvironmentVariable("PAWL_PROVE") == "1";
    private static readonly int Rounds = IsDeep ? 400_000 : 20_000;
    private static readonly int Thefts = IsDeep ? 1_000 : 50;

    // How long before or after the owner the thief refreshes, in seconds; the last one does it once only.
    private static readonly (string Name, int From, int To, bool IsOnce)[] Thieves =
    [
        ("long after", 70, 200, false),
        ("long before", -200, -70, false),
        ("in step", 1, 5, false),
        ("once, then silent", -200, -70, true),
    ];

    [Requirement("RT-06")]
    [Fact]
    public void An_honest_user_is_never_signed_out_by_the_lineage_rule()
    {
        var table = new StringBuilder(
            $"Honest users signed out, per round, of {Rounds:N0} rounds\n| rule | "
                + $"{string.Join(" | ", Troubles.All.Select(static t => t.Name))} |\n"
        );
        foreach (var make in RefreshRule.All)
        {
            var signedOut = Troubles.All.Select(troubles => SignedOut(make, troubles)).ToList();
            var rates = signedOut.Select(static count =>
                count == 0 ? "0" : ((double)count / Rounds).ToString("0.0e+0", CultureInfo.InvariantCulture)
            );
            table.AppendLine(CultureInfo.InvariantCulture, $"| {make().Name} | {string.Join(" | ", rates)} |");
            if (make() is Lineage)
                Assert.All(signedOut, static count => Assert.Equal(0, count));
            // That the troubles are real is seen by the rule that forgives none of them.
            if (make() is OneTimeTokens)
                Assert.All(signedOut, static count => Assert.True(count > 0));
        }
        output.WriteLine(table.ToString());
    }

    [Requirement("RT-05")]
    [Fact]
    public void A_thief_who_goes_on_is_found_out_by_the_lineage_rule()
    {
        var table = new StringBuilder(
            $"Thieves never found out in {RoundsWithAThief} rounds, of {Thefts:N0}, and how many refreshes a thief gets (median)\n"
                + $"| rule | {string.Join(" | ", Thieves.Select(static t => t.Name))} |\n"
        );
        foreach (var make in RefreshRule.All)
        {
            var results = Thieves.Select(thief => Steal(make, thief.From, thief.To, thief.IsOnce)).ToList();
            var fates = results.Select(static r => $"{100.0 * r.NeverFound / Thefts:0} % / {r.Median}");
            table.AppendLine(CultureInfo.InvariantCulture, $"| {make().Name} | {string.Join(" | ", fates)} |");
            if (make() is not Lineage)
                continue;
            Assert.Equal([0, 0, 0], results[..3].Select(static r => r.NeverFound));
            Assert.Equal([1, 2, 1], results[..3].Select(static r => r.Median));
            // The price, and it is documented: one refresh with the newest token, and silence ever after, looks like an answer that was
            // lost.
            Assert.Equal((Thefts, 1), results[3]);
        }
        output.WriteLine(table.ToString());
    }

    private static int SignedOut(Func<RefreshRule> make, Troubles troubles)
    {
        var random = new Random(20261123);
        var signedOut = 0;
        for (var round = 0; round < Rounds; )
        {
            var now = Given.Now;
            var owner = new Owner(make(), now);
            for (var i = 0; i < RoundsOfASession && round < Rounds; i++, round++)
            {
                now += Owner.Round;
                if (owner.Refresh(now, troubles, random))
                    continue;
                // And signs in again.
                signedOut++;
                round++;
                break;
            }
        }
        return signedOut;
    }

    // Somebody copies the jar once, and then has a chain of his own.
    private static (int NeverFound, int Median) Steal(Func<RefreshRule> make, int from, int to, bool isOnce)
    {
        var random = new Random(20261123);
        var refreshes = new List<int>();
        var neverFound = 0;
        for (var theft = 0; theft < Thefts; theft++)
        {
            var rule = make();
            var now = Given.Now;
            var owner = new Owner(rule, now);
            for (var i = random.Next(1, 20); i > 0; i--)
                Assert.True(owner.Refresh(now += Owner.Round));

            var (loot, got, isAlive) = (owner.Jar, 0, true);
            for (var round = 0; round < RoundsWithAThief && isAlive; round++)
            {
                now += Owner.Round;
                var offset = random.Next(from, to + 1);
                isAlive = (offset > 0 || Thief(offset)) && owner.Refresh(now) && (offset < 0 || Thief(offset));

                bool Thief(int seconds)
                {
                    if (isOnce && round > 0)
                        return true;
                    var (isGranted, token) = rule.Show(loot, now.AddSeconds(seconds));
                    got += isGranted ? 1 : 0;
                    loot = token ?? loot;
                    rule.Use(loot);
                    return isGranted;
                }
            }
            neverFound += isAlive ? 1 : 0;
            refreshes.Add(got);
        }
        refreshes.Sort();
        return (neverFound, refreshes[refreshes.Count / 2]);
    }
}
