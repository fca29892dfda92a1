namespace Pawl.Faults.Tests;

/// <summary>What a fault came to: a line of the table.</summary>
internal sealed record Row(
    string Store,
    string Fault,
    double Seconds,
    int Ended,
    int Requests,
    int Unavailable,
    int Lost,
    double Outage,
    IReadOnlyList<string> SignedOut,
    IReadOnlyList<string> Alive,
    IReadOnlyList<string> Forked,
    IReadOnlyList<string> Unfit,
    int Revived,
    int Forgotten,
    bool Forgets
)
{
    public bool Holds => SignedOut.Count + Alive.Count + Forked.Count + Unfit.Count == 0;

    public static Row Of(Fault fault, double seconds, Population people, Counts counts, Loss loss) =>
        new(
            fault.Store,
            fault.What,
            seconds,
            people.Users.Sum(static u => u.Sessions.Count(static s => s.EndedAt is not null)),
            counts.Requests,
            counts.Unavailable,
            counts.Lost,
            counts.LongestOutage.TotalSeconds,
            [.. counts.SignedOut],
            [.. counts.Alive],
            [.. counts.Forked],
            [.. counts.Unfit],
            loss.Revived,
            loss.Forgotten,
            loss.NeedsOperator
        );

    /// <summary>Everything that does not hold, a line each.</summary>
    public string Describe() =>
        string.Join(
            '\n',
            SignedOut
                .Select(static s => $"signed out: {s}")
                .Concat(Alive.Select(static s => $"alive: {s}"))
                .Concat(Forked.Select(static s => $"forked: {s}"))
                .Concat(Unfit.Take(20).Select(static s => $"unfit: {s}"))
        );
}
