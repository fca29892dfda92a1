namespace Pawl.Tests.Sessions;

/// <summary>What a client or a thief lives through, told as sequences over the rule, the codec and a store in memory.</summary>
public sealed class RotationSequenceTests
{
    private static readonly TimeSpan Settled = Given.Policy.SettlePeriod;

    private readonly MemoryServer _server = new(Given.Policy);
    private DateTimeOffset _now = Given.Now;

    private (RotationOutcome Outcome, string? Child) Show(string token)
    {
        var (result, child) = _server.Show(token, _now);
        return (result.Outcome, child);
    }

    private string Rotate(string token)
    {
        _now += Settled;
        var (outcome, child) = Show(token);
        Assert.Equal(RotationOutcome.Rotated, outcome);
        return child!;
    }

    [Requirement("RT-08")]
    [Fact]
    public void A_client_whose_answer_was_lost_retries_however_late_and_continues()
    {
        var token = _server.SignIn(_now);
        Rotate(token); // the answer is lost
        _now += TimeSpan.FromDays(13);
        var (outcome, child) = Show(token);
        Assert.Equal(RotationOutcome.Repeated, outcome);
        Rotate(child!);
    }

    [Requirement("RT-06")]
    [Fact]
    public void Sixty_four_racers_all_get_an_answer_and_one_of_the_siblings_moves_the_session_on()
    {
        var token = Rotate(_server.SignIn(_now));
        _now += Settled;
        var answers = Enumerable.Range(0, 64).Select(_ => Show(token)).ToList();
        Assert.Equal(RotationOutcome.Rotated, answers[0].Outcome);
        Assert.All(answers.Skip(1), a => Assert.Equal(RotationOutcome.Repeated, a.Outcome));
        Assert.Equal(64, answers.Select(a => a.Child).Distinct().Count());

        // All of them are good while they are young, and whichever the jar ended up with moves the session on.
        Assert.All(answers, a => Assert.Equal(RotationOutcome.Kept, Show(a.Child!).Outcome));
        Rotate(answers[40].Child!);
        Assert.Equal(RotationOutcome.Reused, Show(answers[41].Child!).Outcome);
        Assert.Equal(RotationOutcome.Ended, Show(answers[40].Child!).Outcome);
    }

    [Requirement("RT-07")]
    [Fact]
    public void Once_the_successor_was_used_the_predecessor_is_reuse_at_any_time()
    {
        foreach (var wait in new[] { TimeSpan.Zero, TimeSpan.FromSeconds(1), Settled, TimeSpan.FromDays(13) })
        {
            var server = new MemoryServer(Given.Policy);
            var now = Given.Now + Settled;
            var first = server.SignIn(Given.Now);
            var second = server.Show(first, now).Child!;
            Assert.Equal(RotationOutcome.Repeated, server.Show(first, now).Result.Outcome);
            now += Settled;
            Assert.Equal(RotationOutcome.Rotated, server.Show(second, now).Result.Outcome);
            Assert.Equal(RotationOutcome.Reused, server.Show(first, now + wait).Result.Outcome);
            Assert.Equal(SessionEndReason.TokenReused, server.Session.End!.Value.Reason);
        }
    }

    [Requirement("RT-16")]
    [Fact]
    public void The_first_token_is_known_as_spent_after_ten_thousand_rotations()
    {
        var first = _server.SignIn(_now);
        var token = first;
        for (var i = 0; i < 10_000; i++)
            token = Rotate(token);
        Assert.Equal(10_000u, _server.Session.Head.Generation);
        Assert.Equal(RotationOutcome.Reused, Show(first).Outcome);
        Assert.Equal(RotationOutcome.Ended, Show(token).Outcome);
    }

    [Requirement("RT-09")]
    [Fact]
    public void A_refresh_every_ten_minutes_does_not_carry_a_session_past_its_absolute_timeout()
    {
        var token = _server.SignIn(_now);
        var end = _server.Session.ExpiresAt;
        while (_now + TimeSpan.FromMinutes(10) < end)
        {
            _now += TimeSpan.FromMinutes(10);
            token = Show(token).Child!;
        }
        Assert.Equal(end, _server.Session.ExpiresAt);

        _now = end - TimeSpan.FromSeconds(1);
        token = Show(token).Child!;
        _now = end;
        Assert.Equal(RotationOutcome.Expired, Show(token).Outcome);
    }

    [Requirement("RT-10")]
    [Fact]
    public void A_young_token_shown_for_ever_does_not_keep_a_session_from_going_idle()
    {
        // Kept and Repeated write nothing, so they are no use of the session: only moving on is.
        var token = _server.SignIn(_now);
        Rotate(token);
        for (var day = 0; day < 13; day++)
        {
            _now += TimeSpan.FromDays(1);
            Assert.Equal(RotationOutcome.Repeated, Show(token).Outcome);
        }
        _now += TimeSpan.FromDays(1);
        Assert.Equal((RotationOutcome.Expired, null), Show(token));
    }

    [Requirement("RT-15")]
    [Fact]
    public void A_client_ahead_of_a_restored_store_continues_and_its_older_tokens_are_spent()
    {
        var first = _server.SignIn(_now);
        var backup = _server.Session;
        var second = Rotate(first);
        var third = Rotate(second);
        _server.Session = backup;
        var (outcome, fourth) = Show(third);
        Assert.Equal(RotationOutcome.Recovered, outcome);
        Rotate(fourth!);
        Assert.Equal(RotationOutcome.Reused, Show(second).Outcome);
    }
}
