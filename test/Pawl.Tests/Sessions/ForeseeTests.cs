using CsCheck;

namespace Pawl.Tests.Sessions;

/// <summary>
/// A store that carries out the foreseen move has decided without reading. So it must decide as <see cref="Rotation.Decide"/> does, never
/// more and never less.
/// </summary>
public sealed class ForeseeTests
{
    private static readonly SessionPolicy Policy = Given.Policy;
    private static readonly DateTimeOffset Now = Given.Now + TimeSpan.FromDays(30);

    // Few ids, few generations and times about the limits, so that every coincidence occurs.
    private static readonly Gen<TimeSpan> AboutZero = Gen.Int[-2, 2].Select(static ms => TimeSpan.FromMilliseconds(ms));

    private static readonly Gen<Session> Sessions = Gen.Select(
        Gen.UInt[0, 3],
        Gen.ULong[1, 4],
        AboutZero,
        AboutZero,
        Gen.Frequency((5, Gen.Const(false)), (1, Gen.Const(true))),
        static (generation, id, idle, absolute, ended) =>
            Given.Session with
            {
                Head = new SessionHead(generation, id),
                LastUsedAt = Now - Policy.IdleTimeout + (idle > TimeSpan.Zero ? TimeSpan.FromDays(1) : idle + TimeSpan.FromMilliseconds(1)),
                ExpiresAt = Now + (absolute > TimeSpan.Zero ? TimeSpan.FromDays(1) : absolute + TimeSpan.FromMilliseconds(1)),
                End = ended ? new SessionEnd(SessionEndReason.Revoked, Now) : null,
            }
    );

    private static readonly Gen<RefreshToken> Tokens = Gen.Select(
            Gen.UInt[0, 4],
            Gen.ULong[1, 4],
            Gen.ULong[1, 4],
            AboutZero,
            static (generation, id, parent, age) =>
                new RefreshToken(Given.SessionId, generation, id, parent, Now - Policy.SettlePeriod + age)
        )
        .Where(static t => t.Id != t.ParentId); // an id is 64 random bits

    [Requirement("RT-04")]
    [Fact]
    public void A_foreseen_move_applies_exactly_if_Decide_returns_Rotated()
    {
        var (applied, refused) = (0, 0);
        Gen.Select(Sessions, Tokens)
            .Sample(
                (session, token) =>
                {
                    var server = new MemoryServer(Policy) { Session = session };
                    var result = Rotation.Decide(session, token, Now, TimeSpan.Zero, Policy);
                    var move = Rotation.Foresee(token, Now, Policy);
                    if (move is { } foreseen && server.TryApply(foreseen))
                    {
                        Interlocked.Increment(ref applied);
                        Assert.Equal(RotationOutcome.Rotated, result.Outcome);
                        Assert.Equal(Rotation.Move(session.Head, token, Now, Policy), foreseen);
                        Assert.Equal(new SessionHead(token.Generation, token.Id), server.Session.Head);
                    }
                    else
                    {
                        Interlocked.Increment(ref refused);
                        // What we issue is one generation after its parent: a token that says otherwise about the head does not exist.
                        Assert.False(result.Outcome is RotationOutcome.Rotated && token.Generation == session.Head.Generation + 1);
                    }
                },
                iter: 20_000
            );
        // The sample is only worth something if both sides came up.
        Assert.True(applied > 100 && refused > 100, $"{applied} applied, {refused} did not");
    }

    [Fact]
    public void Nothing_is_foreseen_for_a_young_token_or_one_without_a_parent()
    {
        var settled = new RefreshToken(Given.SessionId, 1, 2, 1, Now - Policy.SettlePeriod);
        Assert.NotNull(Rotation.Foresee(settled, Now, Policy));
        Assert.Null(Rotation.Foresee(settled with { IssuedAt = settled.IssuedAt.AddMilliseconds(1) }, Now, Policy));
        Assert.Null(Rotation.Foresee(settled with { Generation = 0 }, Now, Policy));
    }
}
