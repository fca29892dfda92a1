namespace Pawl.Tests.StateSpace;

/// <summary>
/// Protocol.md, section 2, first promise. One honest client; requests lost, delayed, repeated, reordered; answers lost or overwriting
/// each other in the jar. Every exploration runs until there is no new state, so it covers histories of any length.
/// </summary>
public sealed class NobodyIsSignedOutByARaceTests(ITestOutputHelper output)
{
    [Requirement("RT-06", "RT-15")]
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_a_lock_neither_late_responses_nor_lost_writes_sign_a_user_out(int fallback) =>
        Proof.Holds(output, new() { Settle = 4, Fallback = fallback });

    [Requirement("RT-06")]
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    public void Without_a_lock_round_trips_of_a_quarter_of_the_settle_period_sign_no_user_out(int flights, int roundTrip) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = 4 * roundTrip,
                RoundTrip = roundTrip,
                Flights = flights,
            }
        );

    [Requirement("RT-06")]
    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Without_a_lock_a_round_trip_of_a_third_is_too_long(int flights, int roundTrip) =>
        Proof.Fails(
            output,
            Proof.SignedOut,
            new()
            {
                Settle = 3 * roundTrip,
                RoundTrip = roundTrip,
                Flights = flights,
            }
        );

    [Requirement("RT-06")]
    [Theory]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void Round_trips_below_a_third_of_the_settle_period_are_still_safe(int flights, int roundTrip) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = 3 * roundTrip + 1,
                RoundTrip = roundTrip,
                Flights = flights,
            }
        );

    [Requirement("RT-06")]
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(2, 1, 2)]
    [InlineData(1, 2, 2)]
    [InlineData(2, 2, 1)]
    public void Requests_that_the_client_gave_up_sign_no_user_out_however_late_they_are_decided(int flights, int roundTrip, int late) =>
        Proof.Holds(
            output,
            new()
            {
                Settle = 4 * roundTrip,
                RoundTrip = roundTrip,
                Flights = flights,
                Late = late,
            }
        );

    // What the promise does not say, found out here so that nobody reads it into it.

    [Requirement("RT-06")]
    [Theory]
    [InlineData(7, 2, 2)]
    [InlineData(8, 2, 3)]
    [InlineData(9, 2, 4)]
    public void With_a_lock_a_power_cut_is_harmless_if_lag_and_round_trips_fit_the_settle_period(int settle, int roundTrip, int lag)
    {
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                DiskLag = lag,
            }
        );
        Proof.Fails(
            output,
            Proof.SignedOut,
            new()
            {
                Settle = settle - 1,
                RoundTrip = roundTrip,
                DiskLag = lag,
            }
        );
    }

    [Requirement("RT-06")]
    [Theory]
    [InlineData(5, 1, 1)]
    [InlineData(9, 2, 2)]
    public void Without_a_lock_it_takes_three_round_trips_and_the_disks_lag(int settle, int roundTrip, int lag)
    {
        Proof.Holds(
            output,
            new()
            {
                Settle = settle,
                RoundTrip = roundTrip,
                DiskLag = lag,
                Flights = 2,
            }
        );
        Proof.Fails(
            output,
            Proof.SignedOut,
            new()
            {
                Settle = settle - 1,
                RoundTrip = roundTrip,
                DiskLag = lag,
                Flights = 2,
            }
        );
    }

    // In both of these the case Recovered moves the head to a token that has not settled. It would hold if that case waited as Rotated
    // does.

    [Requirement("RT-06")]
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Without_a_lock_lost_writes_in_the_middle_of_a_race_can_sign_a_user_out(int roundTrip)
    {
        var bounds = new Bounds
        {
            Settle = 4 * roundTrip,
            RoundTrip = roundTrip,
            Flights = 2,
            Fallback = 2,
        };
        Proof.Fails(output, Proof.SignedOut, bounds);
        Proof.Holds(output, bounds, Rule.WithPatientRecovery);
        Proof.Holds(output, bounds with { Flights = 3 }, Rule.WithPatientRecovery);
    }

    [Requirement("RT-06")]
    [Fact]
    public void A_power_cut_together_with_lost_writes_can_sign_a_user_out()
    {
        var bounds = new Bounds
        {
            Settle = 8,
            RoundTrip = 1,
            DiskLag = 1,
            Fallback = 2,
        };
        Proof.Fails(output, Proof.SignedOut, bounds);
        Proof.Holds(output, bounds, Rule.WithPatientRecovery);
    }
}
