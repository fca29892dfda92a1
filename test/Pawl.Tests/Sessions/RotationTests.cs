namespace Pawl.Tests.Sessions;

/// <summary>The lineage rule, protocol.md section 2, case by case and to the millisecond.</summary>
public sealed class RotationTests
{
    private static readonly SessionPolicy Policy = Given.Policy;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly DateTimeOffset Now = Given.Now + TimeSpan.FromHours(1);

    // Token 5 of generation 3 is the head; 6 is its child, 7 a sibling of 6, 4 its parent.
    private static readonly Session Session = Given.Session with { Head = new SessionHead(3, 5), LastUsedAt = Now };

    private static RefreshToken Token(uint generation, ulong id, ulong parent, TimeSpan age) =>
        new(Given.SessionId, generation, id, parent, Now - age);

    private static RotationOutcome Outcome(in RefreshToken token, Session? session = null, DateTimeOffset? now = null) =>
        Rotation.Decide(session ?? Session, token, now ?? Now, TimeSpan.Zero, Policy).Outcome;

    [Requirement("RT-08")]
    [Fact]
    public void The_head_shown_again_is_repeated_however_late()
    {
        Assert.Equal(RotationOutcome.Repeated, Outcome(Token(3, 5, 4, TimeSpan.Zero)));
        Assert.Equal(RotationOutcome.Repeated, Outcome(Token(3, 5, 4, TimeSpan.FromDays(13))));
    }

    [Requirement("RT-06")]
    [Fact]
    public void A_child_is_kept_during_the_settle_period_and_rotated_from_its_end_on()
    {
        Assert.Equal(RotationOutcome.Kept, Outcome(Token(4, 6, 5, TimeSpan.Zero)));
        Assert.Equal(RotationOutcome.Kept, Outcome(Token(4, 6, 5, Policy.SettlePeriod - Tick)));
        Assert.Equal(RotationOutcome.Rotated, Outcome(Token(4, 6, 5, Policy.SettlePeriod)));
        Assert.Equal(RotationOutcome.Rotated, Outcome(Token(4, 6, 5, Policy.SettlePeriod + Tick)));
    }

    [Fact]
    public void A_child_issued_by_a_node_whose_clock_is_ahead_is_kept() =>
        Assert.Equal(RotationOutcome.Kept, Outcome(Token(4, 6, 5, -TimeSpan.FromMinutes(1))));

    [Requirement("RT-15")]
    [Fact]
    public void A_token_newer_than_the_head_is_recovered_young_or_old()
    {
        // Its parent was the head once, which the store has forgotten.
        Assert.Equal(RotationOutcome.Recovered, Outcome(Token(4, 8, 99, TimeSpan.Zero)));
        Assert.Equal(RotationOutcome.Recovered, Outcome(Token(uint.MaxValue, 8, 99, TimeSpan.FromDays(1))));
    }

    [Requirement("RT-05", "RT-07")]
    [Theory]
    [InlineData(3u, 7ul, 4ul)] // a sibling of the head: somebody else moved the session on
    [InlineData(2u, 4ul, 3ul)] // the head's parent, spent when the head was used
    [InlineData(0u, 1ul, 0ul)]
    public void A_spent_token_ends_the_session(uint generation, ulong id, ulong parent)
    {
        foreach (var age in new[] { TimeSpan.Zero, Policy.SettlePeriod - Tick, TimeSpan.FromDays(1) })
            Assert.Equal(
                new RotationResult(RotationOutcome.Reused, SessionEndReason.TokenReused),
                Rotation.Decide(Session, Token(generation, id, parent, age), Now, TimeSpan.Zero, Policy)
            );
    }

    [Fact]
    public void An_ended_session_answers_no_token_and_says_why()
    {
        foreach (var reason in Enum.GetValues<SessionEndReason>())
        {
            var ended = Session with { End = new SessionEnd(reason, Now) };
            foreach (var token in EveryKindOfToken)
                Assert.Equal(new RotationResult(RotationOutcome.Ended, reason), Rotation.Decide(ended, token, Now, TimeSpan.Zero, Policy));
        }
    }

    [Requirement("RT-10")]
    [Fact]
    public void A_session_is_idle_from_the_exact_end_of_the_idle_timeout()
    {
        foreach (var token in EveryKindOfToken)
        {
            var end = Session.LastUsedAt + Policy.IdleTimeout;
            Assert.NotEqual(RotationOutcome.Expired, Outcome(token, now: end - Tick));
            Assert.Equal(
                new RotationResult(RotationOutcome.Expired, SessionEndReason.Idle),
                Rotation.Decide(Session, token, end, TimeSpan.Zero, Policy)
            );
        }
    }

    [Requirement("RT-09")]
    [Fact]
    public void A_session_is_over_from_the_exact_end_of_the_absolute_timeout()
    {
        foreach (var token in EveryKindOfToken)
        {
            var end = Session.ExpiresAt;
            var used = Session with { LastUsedAt = end - Tick };
            Assert.NotEqual(RotationOutcome.Expired, Outcome(token, used, end - Tick));
            Assert.Equal(
                new RotationResult(RotationOutcome.Expired, SessionEndReason.Absolute),
                Rotation.Decide(used, token, end, TimeSpan.Zero, Policy)
            );
        }
    }

    [Fact]
    public void The_ending_precedes_the_absolute_timeout_and_that_precedes_the_idle_one()
    {
        var late = Session.ExpiresAt + Policy.IdleTimeout;
        var ended = Session with { End = new SessionEnd(SessionEndReason.Revoked, Now) };
        foreach (var token in EveryKindOfToken)
        {
            Assert.Equal(SessionEndReason.Revoked, Rotation.Decide(ended, token, late, TimeSpan.Zero, Policy).Reason);
            Assert.Equal(SessionEndReason.Absolute, Rotation.Decide(Session, token, late, TimeSpan.Zero, Policy).Reason);
            // A thief gains nothing by waiting, and no theft is reported for a session that is over anyway.
            Assert.Equal(
                SessionEndReason.Idle,
                Rotation.Decide(Session, token, Session.LastUsedAt + Policy.IdleTimeout, TimeSpan.Zero, Policy).Reason
            );
        }
    }

    [Fact]
    public void Another_sessions_token_is_a_mistake_of_the_caller()
    {
        var token = Token(4, 6, 5, TimeSpan.Zero) with { SessionId = new SessionId("fedcba9876543210"u8) };
        Assert.Throws<ArgumentException>("token", () => Rotation.Decide(Session, token, Now, TimeSpan.Zero, Policy));
    }

    [Fact]
    public void Each_outcome_writes_and_answers_as_the_table_says()
    {
        (RotationOutcome Outcome, SessionEndReason? Reason, bool IsGranted, bool MovesHead, bool IssuesChild)[] table =
        [
            (RotationOutcome.Ended, SessionEndReason.SignedOut, false, false, false),
            (RotationOutcome.Expired, SessionEndReason.Idle, false, false, false),
            (RotationOutcome.Repeated, null, true, false, true),
            (RotationOutcome.Kept, null, true, false, false),
            (RotationOutcome.Rotated, null, true, true, true),
            (RotationOutcome.Recovered, null, true, true, true),
            (RotationOutcome.Reused, SessionEndReason.TokenReused, false, false, false),
            (RotationOutcome.TooLate, null, false, false, false),
            (RotationOutcome.Unproven, null, false, false, false),
        ];
        Assert.Equal(Enum.GetValues<RotationOutcome>(), table.Select(static row => row.Outcome));
        foreach (var row in table)
        {
            var result = new RotationResult(row.Outcome, row.Reason);
            Assert.Equal((row.IsGranted, row.MovesHead, row.IssuesChild), (result.IsGranted, result.MovesHead, result.IssuesChild));
        }
    }

    [Requirement("RT-06")]
    [Fact]
    public void A_spent_token_is_evidence_unless_its_request_has_waited_too_long()
    {
        var (spent, longest) = (Token(2, 4, 3, TimeSpan.FromDays(1)), Policy.SettlePeriod / 4);
        Assert.Equal(RotationOutcome.Reused, Rotation.Decide(Session, spent, Now, longest, Policy).Outcome);
        Assert.Equal(new(RotationOutcome.TooLate), Rotation.Decide(Session, spent, Now, longest + Tick, Policy));
        // No client gives up within two seconds, whatever the settle period.
        var quick = Policy with { SettlePeriod = TimeSpan.FromSeconds(1) };
        Assert.Equal(RotationOutcome.Reused, Rotation.Decide(Session, spent, Now, TimeSpan.FromSeconds(2), quick).Outcome);
        Assert.Equal(RotationOutcome.TooLate, Rotation.Decide(Session, spent, Now, TimeSpan.FromSeconds(2) + Tick, quick).Outcome);
    }

    [Fact]
    public void A_wait_of_any_length_changes_no_other_verdict()
    {
        foreach (var token in EveryKindOfToken.SkipLast(1))
            Assert.Equal(
                Rotation.Decide(Session, token, Now, TimeSpan.Zero, Policy),
                Rotation.Decide(Session, token, Now, TimeSpan.MaxValue, Policy)
            );
    }

    [Fact]
    public void A_move_names_both_heads_the_moment_and_the_idle_limit()
    {
        var token = Token(4, 6, 5, Policy.SettlePeriod);
        Assert.Equal(
            new SessionMove(Given.SessionId, new SessionHead(3, 5), new SessionHead(4, 6), Now, Now - Policy.IdleTimeout),
            Rotation.Move(Session.Head, token, Now, Policy)
        );
    }

    [Fact]
    public void A_child_names_its_parent_and_is_one_generation_on()
    {
        var first = RefreshToken.First(Given.SessionId, new SessionHead(0, 100), 1, Now);
        Assert.Equal(new RefreshToken(Given.SessionId, 1, 1, 100, Now), first);
        Assert.Equal(new RefreshToken(Given.SessionId, 2, 2, 1, Now + Tick), first.Child(2, Now + Tick));
        Assert.Throws<OverflowException>(() => (first with { Generation = uint.MaxValue }).Child(2, Now));
    }

    private static readonly RefreshToken[] EveryKindOfToken =
    [
        Token(3, 5, 4, TimeSpan.FromDays(1)), // the head
        Token(4, 6, 5, TimeSpan.Zero), // a young child
        Token(4, 6, 5, TimeSpan.FromDays(1)), // a settled child
        Token(9, 8, 99, TimeSpan.FromDays(1)), // newer than the head
        Token(2, 4, 3, TimeSpan.FromDays(1)), // spent
    ];
}
