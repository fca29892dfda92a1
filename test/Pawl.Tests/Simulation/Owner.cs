namespace Pawl.Tests.Simulation;

/// <summary>What goes wrong for an honest client, each as a share of its rounds.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Lost">Answers that do not arrive. The next round is the retry.</param>
/// <param name="RolledBack">Power cuts after which the browser has the cookies from before the round.</param>
/// <param name="ManyTabs">Rounds in which two or three tabs refresh, without a lock.</param>
internal sealed record Troubles(string Name, double Lost, double RolledBack, double ManyTabs)
{
    public static IReadOnlyList<Troubles> All { get; } =
    [
        new("0.5 % of answers lost", 0.005, 0, 0),
        new("and 0.2 % power cuts", 0.005, 0.002, 0),
        new("30 % several tabs", 0, 0, 0.3),
        new("all of these", 0.005, 0.002, 0.3),
        new("12 % lost, 4 % power cuts, 60 % tabs", 0.12, 0.04, 0.6),
    ];
}

/// <summary>A browser: a jar with one token, and rounds of refreshing with it, five minutes apart.</summary>
internal sealed class Owner(RefreshRule rule, DateTimeOffset start)
{
    public static readonly TimeSpan Round = TimeSpan.FromMinutes(5);

    public string Jar { get; private set; } = rule.SignIn(start);

    /// <summary>One refresh, in which nothing goes wrong.</summary>
    public bool Refresh(DateTimeOffset now)
    {
        var (isGranted, token) = rule.Show(Jar, now);
        Take(token ?? Jar);
        return isGranted;
    }

    // The request that was waiting for it goes out at once.
    private void Take(string token)
    {
        Jar = token;
        rule.Use(token);
    }

    /// <summary>
    /// One round with troubles: requests of tabs that know nothing of each other overlap, and the last answer to arrive stays in the jar.
    /// </summary>
    /// <returns>Whether the user is still signed in.</returns>
    public bool Refresh(DateTimeOffset now, Troubles troubles, Random random)
    {
        var before = Jar;
        var tabs = random.NextDouble() < troubles.ManyTabs ? random.Next(2, 4) : 1;
        // Sent within three seconds, a second each way at most: far less than the quarter of the settle period that the lineage rule asks
        // for.
        var events = new PriorityQueue<Action, double>();
        var isSignedIn = true;
        for (var tab = 0; tab < tabs; tab++)
        {
            var sent = random.NextDouble() * 3;
            events.Enqueue(
                () =>
                {
                    var shown = Jar;
                    var served = sent + 0.05 + random.NextDouble() * 0.95;
                    events.Enqueue(
                        () =>
                        {
                            var (isGranted, token) = rule.Show(shown, now.AddSeconds(served));
                            isSignedIn &= isGranted;
                            if (token is not null && random.NextDouble() >= troubles.Lost)
                                events.Enqueue(() => Take(token), served + 0.05 + random.NextDouble() * 0.95);
                        },
                        served
                    );
                },
                sent
            );
        }
        while (events.TryDequeue(out var next, out _))
            next();
        if (random.NextDouble() < troubles.RolledBack)
            Jar = before;
        return isSignedIn;
    }
}
