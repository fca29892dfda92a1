namespace Pawl.Tests.StateSpace;

/// <summary>
/// The same promises in finer steps of time and with more under way: minutes with <c>PAWL_PROVE=1</c>, else a sample that is over at once.
/// </summary>
[Trait("Category", "Prove")]
public sealed class DeepProofTests(ITestOutputHelper output)
{
    public static TheoryData<int, int, int> Races =>
        Proof.IsDeep
            ? new()
            {
                { 4, 1, 5 },
                { 8, 2, 5 },
                { 12, 3, 4 },
                { 16, 4, 4 },
                { 20, 5, 4 },
                { 28, 7, 3 },
                { 13, 4, 4 },
                { 16, 5, 4 },
                { 22, 7, 3 },
                { 31, 10, 3 },
            }
            : new() { { 4, 1, 3 } };

    [Theory]
    [MemberData(nameof(Races))]
    public void A_race_signs_no_user_out(int settle, int roundTrip, int flights) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                Flights = flights,
            }
        );

    public static TheoryData<int, int, int, int> LateRequests =>
        Proof.IsDeep
            ? new()
            {
                { 4, 1, 3, 2 },
                { 8, 2, 2, 3 },
                { 8, 2, 3, 2 },
                { 12, 3, 2, 2 },
                { 16, 4, 2, 2 },
            }
            : new() { { 4, 1, 1, 1 } };

    [Theory]
    [MemberData(nameof(LateRequests))]
    public void A_request_that_the_client_gave_up_signs_no_user_out(int settle, int roundTrip, int flights, int late) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                Flights = flights,
                Late = late,
            }
        );

    public static TheoryData<int, int> Thirds =>
        Proof.IsDeep
            ? new()
            {
                { 15, 5 },
                { 21, 7 },
                { 30, 10 },
            }
            : new() { { 6, 2 } };

    [Theory]
    [MemberData(nameof(Thirds))]
    public void A_third_is_too_long_in_finer_steps_too(int settle, int roundTrip) =>
        Proof.Fails(
            output,
            Proof.SignedOut,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                Flights = 2,
            }
        );

    public static TheoryData<int, int> Forgetful =>
        Proof.IsDeep
            ? new()
            {
                { 8, 3 },
                { 8, 4 },
                { 8, 5 },
                { 31, 3 },
            }
            : new() { { 4, 2 } };

    [Theory]
    [MemberData(nameof(Forgetful))]
    public void With_a_lock_lost_writes_sign_no_user_out(int settle, int fallback) =>
        Proof.Holds(output, new() { Settle = settle, Fallback = fallback });

    public static TheoryData<int, int, int> PowerCuts =>
        Proof.IsDeep
            ? new()
            {
                { 13, 3, 6 },
                { 25, 4, 16 },
                { 31, 5, 20 },
                { 31, 1, 28 },
            }
            : new() { { 7, 2, 2 } };

    [Theory]
    [MemberData(nameof(PowerCuts))]
    public void With_a_lock_a_power_cut_signs_no_user_out(int settle, int roundTrip, int lag) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                DiskLag = lag,
            }
        );

    public static TheoryData<int, int, int, int> Thefts =>
        Proof.IsDeep
            ? new()
            {
                { 4, 1, 3, 3 },
                { 4, 1, 3, 4 },
                { 4, 2, 3, 3 },
                { 8, 2, 2, 4 },
                { 8, 2, 3, 2 },
                { 12, 3, 2, 3 },
                { 2, 3, 3, 3 },
                { 16, 0, 1, 4 },
            }
            : new() { { 2, 1, 2, 2 } };

    [Theory]
    [MemberData(nameof(Thefts))]
    public void Two_parties_cannot_share_a_chain(int settle, int roundTrip, int flights, int loot) =>
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

    public static TheoryData<int, int, int, int> TheftsInTheAir =>
        Proof.IsDeep
            ? new()
            {
                { 4, 1, 3, 3 },
                { 2, 2, 3, 3 },
                { 8, 2, 2, 3 },
            }
            : new() { { 2, 1, 2, 2 } };

    [Theory]
    [MemberData(nameof(TheftsInTheAir))]
    public void Two_parties_cannot_share_a_chain_for_a_third_token(int settle, int roundTrip, int flights, int loot) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                Flights = flights,
                Loot = loot,
                TheftInTheAir = true,
                Shared = 3,
            }
        );

    public static TheoryData<int, int, int, int> Forgotten =>
        Proof.IsDeep
            ? new()
            {
                { 4, 1, 1, 3 },
                { 4, 1, 2, 3 },
                { 4, 2, 1, 3 },
                { 8, 1, 2, 2 },
                { 8, 2, 1, 2 },
            }
            : new() { { 2, 1, 1, 2 } };

    [Theory]
    [MemberData(nameof(Forgotten))]
    public void Each_generation_that_the_store_forgets_allows_one_more_token(int settle, int generations, int times, int loot) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                Fallback = generations,
                Fallbacks = times,
                Loot = loot,
                TheftInTheAir = true,
                Shared = 2 + generations * times,
            }
        );
}
