namespace Pawl.Tests.StateSpace;

/// <summary>
/// Protocol.md, section 2, second promise: the session ends before thief and owner have each been answered for two different
/// settled tokens since the theft, in any order and however well the thief keeps in step. The thief steals once, at any moment,
/// and is answered at any moment, in no time.
/// </summary>
public sealed class NobodySharesAChainTests(ITestOutputHelper output)
{
    [Requirement("RT-05")]
    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 3)]
    [InlineData(4, 2)]
    public void A_thief_in_any_step_with_a_client_that_locks_is_found_out(int settle, int loot) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                Loot = loot,
                TheftInTheAir = true,
            }
        );

    [Requirement("RT-05")]
    [Theory]
    [InlineData(2, 1, 2, 2)]
    [InlineData(4, 1, 2, 3)]
    public void A_thief_in_any_step_with_a_client_that_does_not_lock_is_found_out(int settle, int roundTrip, int flights, int loot) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                Flights = flights,
                Loot = loot,
            }
        );

    [Requirement("RT-05")]
    [Fact]
    public void A_thief_is_found_out_though_power_cuts_roll_the_owners_jar_back() =>
        Proof.Holds(
            output,
            new()
            {
                Settle = 3,
                RoundTrip = 1,
                DiskLag = 3,
                Loot = 2,
            }
        );

    [Requirement("RT-05")]
    [Fact]
    public void One_settled_token_each_is_not_enough_to_detect_a_thief() =>
        Proof.Fails(
            output,
            Proof.Shared,
            new()
            {
                Settle = 2,
                Loot = 2,
                Shared = 1,
            }
        );

    // The limits of the promise.

    [Requirement("RT-05")]
    [Fact]
    public void Without_a_lock_a_token_taken_out_of_a_response_under_way_allows_one_more_token()
    {
        // Another tab refreshes with the parent of the stolen token, and that counts as one of the owner's two.
        var bounds = new Bounds
        {
            Settle = 2,
            RoundTrip = 1,
            Flights = 2,
            Loot = 2,
            TheftInTheAir = true,
        };
        Proof.Fails(output, Proof.Shared, bounds);
        Proof.Holds(output, bounds with { Shared = 3 });
    }

    [Requirement("RT-05")]
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Responses_are_not_tokens_a_settled_token_may_be_answered_any_number_of_times(int responses)
    {
        // The owner's response is lost or repeated, the thief shows the same token, and neither has shown a second one.
        var bounds = new Bounds
        {
            Settle = 2,
            Loot = 2,
            Shared = responses,
            CountsRepeats = true,
        };
        Proof.Fails(output, Proof.Shared, bounds);
        Proof.Holds(output, bounds with { Shared = 2, CountsRepeats = false });
    }

    [Requirement("RT-05")]
    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void With_a_lock_each_generation_lost_after_the_theft_allows_one_more_token(int generations, int times)
    {
        var bounds = new Bounds
        {
            Settle = 2,
            Fallback = generations,
            Fallbacks = times,
            Loot = 2,
            TheftInTheAir = true,
        };
        Proof.Fails(output, Proof.Shared, bounds with { Shared = 1 + generations * times });
        Proof.Holds(output, bounds with { Shared = 2 + generations * times });
    }

    [Requirement("RT-05")]
    [Fact]
    public void Without_a_lock_a_store_that_forgets_a_generation_allows_more_than_one_more_token()
    {
        var bounds = new Bounds
        {
            Settle = 2,
            RoundTrip = 1,
            Flights = 2,
            Fallback = 1,
            Fallbacks = 1,
            Loot = 2,
            Shared = 3,
        };
        Proof.Fails(output, Proof.Shared, bounds);
    }

    [Requirement("RT-05")]
    [Fact]
    public void Without_a_lock_a_jar_that_is_rolled_back_allows_one_more_token()
    {
        var bounds = new Bounds
        {
            Settle = 2,
            RoundTrip = 1,
            DiskLag = 3,
            Flights = 2,
            Loot = 2,
        };
        Proof.Fails(output, Proof.Shared, bounds);
        Proof.Holds(output, bounds with { Shared = 3 });
    }
}
