using CsCheck;

namespace Pawl.Tests.Keys;

/// <summary>When keys are made, sign and go. Times are days after <see cref="Given.Now"/>.</summary>
public sealed class KeyScheduleTests
{
    private static readonly KeySchedule Schedule = new(SigningTime: Days(30), PublishAhead: Days(2), TokenLifetime: Days(1));

    private static TimeSpan Days(double days) => TimeSpan.FromDays(days);

    private static DateTimeOffset Day(double day) => Given.Now + Days(day);

    private static StoredKey Key(string id, double activates, KeyPurpose purpose = KeyPurpose.AccessToken) =>
        Schedule.Make(purpose, id, "ES256", Day(activates), []);

    [Fact]
    public void A_key_signs_for_the_signing_time_and_is_kept_until_its_last_token_is_dead()
    {
        var key = Schedule.Make(KeyPurpose.RefreshToken, "5", "HS256", Day(1), [1, 2]);
        Assert.Equal(
            (KeyPurpose.RefreshToken, "5", "HS256", Day(1), Day(31), Day(32)),
            (key.Purpose, key.Id, key.Algorithm, key.ActivatesAt, key.RetiresAt, key.ExpiresAt)
        );
        Assert.Equal([1, 2], key.Secret);
    }

    [Fact]
    public void A_key_is_active_from_the_moment_of_its_activation_to_that_of_its_retirement()
    {
        StoredKey[] keys = [Key("a", 0)];
        Assert.Null(KeySchedule.FindActive(keys, KeyPurpose.AccessToken, Day(0).AddTicks(-1)));
        Assert.Same(keys[0], KeySchedule.FindActive(keys, KeyPurpose.AccessToken, Day(0)));
        Assert.Same(keys[0], KeySchedule.FindActive(keys, KeyPurpose.AccessToken, Day(30).AddTicks(-1)));
        Assert.Null(KeySchedule.FindActive(keys, KeyPurpose.AccessToken, Day(30)));
        Assert.Null(KeySchedule.FindActive(keys, KeyPurpose.RefreshToken, Day(0)));
        Assert.Null(KeySchedule.FindActive([], KeyPurpose.AccessToken, Day(0)));
    }

    [Fact]
    public void Of_several_active_keys_the_newest_signs_in_whatever_order_they_are_stored()
    {
        StoredKey[] keys = [Key("a", 0), Key("c", 20), Key("b", 10), Key("r", 25, KeyPurpose.RefreshToken)];
        Assert.Equal("a", KeySchedule.FindActive(keys, KeyPurpose.AccessToken, Day(9))!.Id);
        Assert.Equal("b", KeySchedule.FindActive(keys, KeyPurpose.AccessToken, Day(19))!.Id);
        Assert.Equal("c", KeySchedule.FindActive(keys.Reverse(), KeyPurpose.AccessToken, Day(28))!.Id);
    }

    [Fact]
    public void Without_a_signing_key_a_new_key_signs_at_once()
    {
        Assert.Equal(Day(0), Schedule.NextActivation([], KeyPurpose.AccessToken, Day(0)));
        Assert.Equal(Day(31), Schedule.NextActivation([Key("a", 0)], KeyPurpose.AccessToken, Day(31)));
        // One of the other purpose does not count.
        Assert.Equal(Day(1), Schedule.NextActivation([Key("a", 0)], KeyPurpose.RefreshToken, Day(1)));
    }

    [Fact]
    public void The_next_key_is_published_ahead_and_takes_over_the_moment_the_last_one_retires()
    {
        StoredKey[] keys = [Key("a", 0)];
        Assert.Null(Schedule.NextActivation(keys, KeyPurpose.AccessToken, Day(28).AddTicks(-1)));
        Assert.Equal(Day(30), Schedule.NextActivation(keys, KeyPurpose.AccessToken, Day(28)));
        Assert.Equal(Day(30), Schedule.NextActivation(keys, KeyPurpose.AccessToken, Day(30).AddTicks(-1)));
        Assert.Null(Schedule.NextActivation([.. keys, Key("b", 30)], KeyPurpose.AccessToken, Day(29)));
    }

    [Requirement("KEY-07")]
    [Fact]
    public void A_verifier_that_caches_the_keys_as_promised_never_sees_an_unknown_key() =>
        Gen.Select(Gen.Double[0.01, 1], Gen.Double[0, 2])
            .Sample(
                (step, offset) =>
                {
                    // One node runs the schedule; a verifier fetches what is published every two days at most; a token is sent as late as
                    // it lives.
                    List<StoredKey> keys = [];
                    HashSet<string> known = [];
                    var (fetched, made) = (Day(-10), 0);
                    List<(string Kid, DateTimeOffset DeadAt)> tokens = [];
                    for (var now = Day(offset); now < Day(offset + 100); now += Days(step))
                    {
                        if (Schedule.NextActivation(keys, KeyPurpose.AccessToken, now) is { } activation)
                            keys.Add(Schedule.Make(KeyPurpose.AccessToken, $"{made++}", "ES256", activation, []));
                        keys.RemoveAll(k => k.ExpiresAt <= now);
                        if (fetched + Schedule.PublishAhead <= now + Days(step))
                            (known, fetched) = ([.. keys.Select(static k => k.Id)], now);

                        var active = KeySchedule.FindActive(keys, KeyPurpose.AccessToken, now)!;
                        Assert.Contains(active.Id, known);
                        tokens.Add((active.Id, now + Schedule.TokenLifetime));
                        tokens.RemoveAll(t => t.DeadAt <= now);
                        Assert.All(tokens, t => Assert.Contains(keys, k => k.Id == t.Kid));
                    }
                    Assert.Equal(4, made);
                },
                iter: 20
            );
}
