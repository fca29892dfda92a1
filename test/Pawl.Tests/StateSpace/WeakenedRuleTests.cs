namespace Pawl.Tests.StateSpace;

/// <summary>
/// Each part of the rule is needed: without it the explorer finds how a promise is broken. That is also what shows that the explorer can
/// find anything.
/// </summary>
public sealed class WeakenedRuleTests(ITestOutputHelper output)
{
    private static readonly Bounds Locked = new() { Settle = 4 };
    private static readonly Bounds Racing = new()
    {
        Settle = 4,
        RoundTrip = 1,
        Flights = 2,
    };
    private static readonly Bounds Stolen = new() { Settle = 4, Loot = 2 };

    [Requirement("OPS-05")]
    [Fact]
    public void Without_the_settle_period_a_race_signs_out() => Proof.Fails(output, Proof.SignedOut, Racing, Rule.WithoutSettlePeriod);

    [Fact]
    public void Without_the_case_Recovered_a_store_that_forgets_signs_out() =>
        Proof.Fails(output, Proof.SignedOut, Locked with { Fallback = 1 }, Rule.WithoutRecovery);

    [Fact]
    public void Without_the_case_Repeated_a_lost_answer_signs_out() => Proof.Fails(output, Proof.SignedOut, Locked, Rule.WithoutRepetition);

    [Fact]
    public void With_a_grace_window_an_answer_that_is_lost_for_longer_signs_out() =>
        Proof.Fails(output, Proof.SignedOut, Locked, Rule.WithGraceWindow);

    [Fact]
    public void Without_the_case_TooLate_a_request_that_was_given_up_signs_out() =>
        Proof.Fails(output, Proof.SignedOut, Racing with { Flights = 1, Late = 1 }, Rule.WithoutTooLate);

    [Requirement("OPS-05")]
    [Fact]
    public void With_the_same_successor_a_thief_shares_the_chain() => Proof.Fails(output, Proof.Shared, Stolen, Rule.WithSameSuccessor);

    [Fact]
    public void With_live_successors_a_thief_shares_the_chain() => Proof.Fails(output, Proof.Shared, Stolen, Rule.WithForks);

    [Requirement("OPS-05")]
    [Fact]
    public void Without_rotation_a_thief_shares_the_chain() => Proof.Fails(output, Proof.Shared, Stolen, Rule.WithoutReuse);

    [Requirement("OPS-05")]
    [Fact]
    public void Without_the_question_whether_it_has_ended_an_ended_session_answers() =>
        Proof.Fails(output, Proof.AnsweredAfterItsEnd, Locked, Rule.WithoutEnd);

    [Fact]
    public void The_real_rule_passes_all_explorations()
    {
        foreach (var bounds in new[] { Racing, Locked, Locked with { Fallback = 1 }, Stolen })
            Proof.Holds(output, bounds);
    }
}
