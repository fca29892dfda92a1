using Pawl.Stores.Testing.Histories;

namespace Pawl.Stores.Tests.Histories;

/// <summary>The checker finds the order where there is one, and is not taken in where there is none.</summary>
public sealed class LinearizabilityTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SessionEnd SignedOut = new(SessionEndReason.SignedOut, Noon);
    private static readonly SessionEnd Revoked = new(SessionEndReason.Revoked, Noon.AddMinutes(1));
    private static readonly Session New = new()
    {
        Id = new(new byte[16]),
        Subject = "ada",
        Head = new(0, 1),
        CreatedAt = Noon,
        LastUsedAt = Noon,
        ExpiresAt = Noon.AddDays(90),
    };
    private static readonly Session Moved = New with { Head = new(1, 2) };
    private static readonly Session MovedElsewhere = New with { Head = new(1, 3) };

    private static readonly Operation Created = Operation.Create(New, 0, 1);

    [Fact]
    public void Nothing_is_in_order() => Assert.True(Linearizability.Holds([]));

    [Fact]
    public void A_life_in_its_order_is_accepted() =>
        Holds(
            Operation.Find(null, -2, -1),
            Created,
            Move(New, Moved, true, 2, 3),
            Operation.Find(Moved, 4, 5),
            Operation.Update("new", true, 6, 7),
            Operation.Find(Moved with { SecurityStamp = "new" }, 8, 9),
            Operation.End(SignedOut, true, 10, 11),
            Operation.End(Revoked, false, 12, 13),
            Operation.Find(Moved with { SecurityStamp = "new", End = SignedOut }, 14, 15),
            Operation.Update("newer", false, 16, 17)
        );

    [Fact]
    public void Of_two_rotations_that_race_one_succeeds() =>
        Holds(Created, Move(New, Moved, false, 2, 6), Move(New, MovedElsewhere, true, 3, 5), Operation.Find(MovedElsewhere, 7, 8));

    [Fact]
    public void Two_heirs_of_one_head_are_refused() => Fails(Created, Move(New, Moved, true, 2, 6), Move(New, MovedElsewhere, true, 3, 5));

    [Fact]
    public void A_rotation_that_is_lost_is_refused() => Fails(Created, Move(New, Moved, true, 2, 3), Operation.Find(New, 4, 5));

    [Fact]
    public void A_rotation_that_nothing_stood_against_has_to_apply() => Fails(Created, Move(New, Moved, false, 2, 3));

    [Fact]
    public void An_update_that_a_rotation_overwrites_is_refused() =>
        Fails(Created, Operation.Update("new", true, 2, 5), Move(New, Moved, true, 3, 4), Operation.Find(Moved, 6, 7));

    [Fact]
    public void A_session_that_is_back_after_its_end_is_refused() =>
        Fails(Created, Operation.End(SignedOut, true, 2, 3), Operation.Find(New with { End = SignedOut }, 4, 5), Operation.Find(New, 6, 7));

    [Fact]
    public void A_stale_reading_after_an_end_was_answered_is_refused()
    {
        var end = Operation.End(SignedOut, true, 2, 4);
        Holds(Created, end, Operation.Find(New, 3, 6));
        Fails(Created, end, Operation.Find(New, 5, 6));
    }

    [Fact]
    public void What_somebody_has_seen_is_not_unseen_even_while_the_end_is_under_way() =>
        Fails(Created, Operation.End(SignedOut, true, 2, 9), Operation.Find(New with { End = SignedOut }, 3, 4), Operation.Find(New, 5, 6));

    [Fact]
    public void A_rotation_after_the_end_is_refused()
    {
        Fails(Created, Operation.End(SignedOut, true, 2, 3), Move(New, Moved, true, 4, 5));
        Holds(Created, Operation.End(SignedOut, true, 2, 5), Move(New, Moved, true, 3, 4));
    }

    [Fact]
    public void Two_that_both_ended_a_session_are_refused() =>
        Fails(Created, Operation.End(SignedOut, true, 2, 5), Operation.End(Revoked, true, 3, 4));

    [Fact]
    public void A_session_that_was_never_created_is_not_found() => Fails(Operation.Find(New, 1, 2));

    [Fact]
    public void What_was_not_answered_may_have_happened_at_any_time_since_or_never()
    {
        var end = Operation.End(SignedOut, false, 2, Operation.Never);
        Holds(Created, end, Operation.Find(New, 3, 4));
        Holds(Created, end, Operation.Find(New, 3, 4), Operation.Find(New with { End = SignedOut }, 5, 6));
        Holds(Created, end, Operation.Find(New with { End = SignedOut }, 3, 4));
        // But not before it was asked for, and not taken back.
        Fails(Created, Operation.Find(New with { End = SignedOut }, 1, 1), end);
        Fails(Created, end, Operation.Find(New with { End = SignedOut }, 3, 4), Operation.Find(New, 5, 6));
    }

    private static Operation Move(Session from, Session to, bool applied, long called, long answered) =>
        Operation.Rotate(new(from.Id, from.Head, to.Head, Noon, Noon.AddDays(-1)), applied ? to : null, called, answered);

    private static void Holds(params Operation[] history) => Assert.True(Linearizability.Holds(history));

    private static void Fails(params Operation[] history) => Assert.False(Linearizability.Holds(history));
}
