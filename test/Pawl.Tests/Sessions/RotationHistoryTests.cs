using CsCheck;

namespace Pawl.Tests.Sessions;

/// <summary>
/// Long histories at random: any token ever issued is shown at any time, the store falls back, the user signs out. The server goes by
/// what a token says of itself (fields under a MAC, a foreseen move); the reference keeps every token in a tree and counts generations by
/// walking up to the root.
/// </summary>
public sealed class RotationHistoryTests(ITestOutputHelper output)
{
    private static readonly SessionPolicy Policy = new()
    {
        IdleTimeout = TimeSpan.FromMinutes(30),
        AbsoluteTimeout = TimeSpan.FromHours(24),
    };
    private static readonly bool IsDeep = Environment.GetEnvironmentVariable("PAWL_PROVE") == "1";

    private sealed record Node(string Text, Node? Parent, DateTimeOffset IssuedAt)
    {
        public int Depth { get; } = Parent is null ? 0 : Parent.Depth + 1;
    }

    private enum Act
    {
        ShowNewest,
        ShowAny,
        WaitALittle,
        WaitToSettle,
        WaitLong,
        Forget,
        Restore,
        End,
    }

    private static readonly Gen<(Act Act, double Choice)[]> Histories = Gen.Select(
        Gen.Frequency(
            (40, Act.ShowNewest),
            (1, Act.ShowAny),
            (12, Act.WaitALittle),
            (25, Act.WaitToSettle),
            (2, Act.WaitLong),
            (3, Act.Forget),
            (3, Act.Restore),
            (1, Act.End)
        ),
        Gen.Double[0, 1]
    ).Array[20, IsDeep ? 2000 : 120];

    [Requirement("RT-16")]
    [Fact]
    public void The_rule_decides_as_a_tree_of_all_tokens_would()
    {
        var seen = new int[Enum.GetValues<RotationOutcome>().Length];
        Histories.Sample(
            history =>
            {
                var server = new MemoryServer(Policy);
                var now = Given.Now;
                // The session begins with a head that was never a token; the first one is its child.
                var root = new Node("", null, now);
                List<Node> issued = [new(server.SignIn(now), root, now)];
                var (head, lastUsed) = (root, now);
                var (endedBy, forgot) = ((SessionEndReason?)null, false);
                var snapshot = (server.Session, head, lastUsed);

                var afterwards = 0;
                foreach (var (act, choice) in history)
                {
                    switch (act)
                    {
                        case Act.WaitALittle:
                            now += Policy.SettlePeriod * choice;
                            continue;
                        case Act.WaitToSettle:
                            now += Policy.SettlePeriod;
                            continue;
                        case Act.WaitLong:
                            now += Policy.IdleTimeout * (choice * 1.05);
                            continue;
                        case Act.Forget:
                            snapshot = (server.Session, head, lastUsed);
                            continue;
                        case Act.Restore when endedBy is null: // ends are durable
                            (server.Session, head, lastUsed) = snapshot;
                            forgot = true;
                            continue;
                        case Act.End when choice > 0.9 && endedBy is null:
                            endedBy = SessionEndReason.SignedOut;
                            server.Session = server.Session with { End = new SessionEnd(SessionEndReason.SignedOut, now) };
                            continue;
                        case Act.Restore or Act.End:
                            continue;
                    }

                    // The newest few are where races happen.
                    var node = issued[
                        act is Act.ShowAny
                            ? (int)(choice * (issued.Count - 1))
                            : issued.Count - 1 - (int)(choice * choice * choice * Math.Min(4, issued.Count - 1))
                    ];
                    // Every fifth request waits for the store until its client may have gone on.
                    var waited = choice * 1000 % 1 < 0.2 ? Policy.SettlePeriod : TimeSpan.Zero;
                    var expected =
                        endedBy is { } reason ? new(RotationOutcome.Ended, reason)
                        : now - Given.Now >= Policy.AbsoluteTimeout ? new(RotationOutcome.Expired, SessionEndReason.Absolute)
                        : now - lastUsed >= Policy.IdleTimeout ? new(RotationOutcome.Expired, SessionEndReason.Idle)
                        : node == head ? new(RotationOutcome.Repeated)
                        : node.Parent == head
                            ? new(now - node.IssuedAt >= Policy.SettlePeriod ? RotationOutcome.Rotated : RotationOutcome.Kept)
                        : node.Depth > head.Depth ? new(RotationOutcome.Recovered)
                        : waited > TimeSpan.Zero ? new(RotationOutcome.TooLate)
                        : new RotationResult(RotationOutcome.Reused, SessionEndReason.TokenReused);
                    var (actual, child) = server.Show(node.Text, now, waited);
                    Assert.Equal(expected, actual);
                    Assert.True(forgot || actual.Outcome is not RotationOutcome.Recovered);
                    Interlocked.Increment(ref seen[(int)actual.Outcome]);

                    // A session that is over is shown a few more tokens, and that is enough.
                    if (!actual.IsGranted && ++afterwards > 10)
                        break;
                    if (actual.Outcome is RotationOutcome.Reused)
                        endedBy = SessionEndReason.TokenReused;
                    if (actual.MovesHead)
                        (head, lastUsed) = (node, now);
                    if (child is not null)
                        issued.Add(new(child, node, now));
                    Assert.Equal((uint)head.Depth, server.Session.Head.Generation);
                }
            },
            iter: IsDeep ? 3000 : 300
        );
        output.WriteLine(string.Join(", ", seen.Select(static (count, outcome) => $"{(RotationOutcome)outcome} {count:N0}")));
        // No session of these histories has a device key.
        Assert.Equal(0, seen[(int)RotationOutcome.Unproven]);
        Assert.All(seen[..(int)RotationOutcome.Unproven], static count => Assert.True(count > 10));
    }
}
