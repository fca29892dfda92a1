namespace Pawl.Tests.StateSpace;

/// <summary>
/// Protocol.md, section 2, second promise: once thief and owner have each refreshed twice with tokens past the settle period, in any order and however well the
/// thief keeps in step, the session has ended. He steals once, at any moment, and has his requests answered whenever he likes, in no time.
/// </summary>
public sealed class NobodySharesAChainTests(ITestOutputHelper output)
{
    [Requirement("RT-05")]
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(4, 2)]
    public void A_thief_in_any_step_with_a_client_that_locks_is_found_out(int settle, int loot) =>
        Proof.Holds(output, new() { Settle = settle, Loot = loot, TheftInTheAir = true });

    [Requirement("RT-05")]
    [Theory]
    [InlineData(2, 1, 2, 2)]
    [InlineData(4, 1, 2, 3)]
    public void A_thief_in_any_step_with_a_client_that_does_not_lock_is_found_out(int settle, int roundTrip, int flights, int loot) =>
        Proof.Holds(output, new() { Settle = settle, RoundTrip = roundTrip, Flights = flights, Loot = loot });

    [Requirement("RT-05")]
    [Fact]
    public void A_thief_is_found_out_though_power_cuts_roll_the_owners_jar_back() =>
        Proof.Holds(output, new() { Settle = 3, RoundTrip = 1, DiskLag = 3, Loot = 2 });

    [Requirement("RT-05")]
    [Fact]
    public void Once_each_is_not_enough_to_find_a_thief_out() =>
        Proof.Fails(output, Proof.Shared, new() { Settle = 2, Loot = 2, Shared = 1 });

    // What the promise does not say, found out here so that nobody reads it into it.

    [Requirement("RT-05")]
    [Fact]
    public void A_token_taken_out_of_an_answer_that_the_owner_does_not_have_yet_takes_a_third_refresh()
    {
        // Another tab refreshes with the parent of the stolen token, and that counts as one of the owner's two.
        var bounds = new Bounds { Settle = 2, RoundTrip = 1, Flights = 2, Loot = 2, TheftInTheAir = true };
        Proof.Fails(output, Proof.Shared, bounds);
        Proof.Holds(output, bounds with { Shared = 3 });
    }

    [Requirement("RT-05")]
    [Fact]
    public void Every_time_the_store_forgets_the_thief_may_have_another_turn()
    {
        var bounds = new Bounds { Settle = 2, Fallback = 1, Loot = 2 };
        Proof.Fails(output, Proof.Shared, bounds);
        Proof.Fails(output, Proof.Shared, bounds with { Shared = 3 });
    }

    [Requirement("RT-05")]
    [Fact]
    public void Without_a_lock_a_jar_that_is_rolled_back_gives_the_thief_another_turn() =>
        Proof.Fails(output, Proof.Shared, new() { Settle = 2, RoundTrip = 1, DiskLag = 3, Flights = 2, Loot = 2 });
}
