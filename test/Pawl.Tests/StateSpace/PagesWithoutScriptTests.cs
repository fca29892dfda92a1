namespace Pawl.Tests.StateSpace;

/// <summary>
/// A browser that never refreshes by itself: the server refreshes in the middle of its requests. The pages take any time, so every length
/// of response is explored; a response carries the cookies only by <see cref="CookieRule.Real"/>. The network may take
/// <see cref="Bounds.Up"/> and <see cref="Bounds.Down"/>, which the server cannot measure.
/// </summary>
[Trait("Category", "Prove")]
public sealed class PagesWithoutScriptTests(ITestOutputHelper output)
{
    private static Bounds Pages(int settle, int pages, int up, int down) =>
        new()
        {
            Settle = settle,
            Pages = pages,
            Up = up,
            Down = down,
            Flights = 0,
        };

    // Pages that carry the browser client: its refreshes take up to a quarter of the settle period.
    private static Bounds WithScript(int settle, int pages, int up, int down, int flights = 1) =>
        Pages(settle, pages, up, down) with
        {
            Flights = flights,
            RoundTrip = settle / 4,
        };

    public static TheoryData<int, int, int, int> Alone =>
        new([
            (4, 2, 0, 0),
            (4, 3, 0, 0),
            (12, 2, 1, 1),
            (12, 2, 2, 0),
            (12, 3, 0, 2),
            .. Proof.IsDeep ? [(12, 4, 1, 1), (20, 3, 2, 2), (24, 3, 5, 0), (24, 4, 2, 3)] : Array.Empty<(int, int, int, int)>(),
        ]);

    [Requirement("RT-06")]
    [Theory]
    [MemberData(nameof(Alone))]
    public void A_page_of_any_length_signs_no_user_out(int settle, int pages, int up, int down) =>
        Proof.Holds(output, Pages(settle, pages, up, down));

    [Requirement("RT-06")]
    [Theory]
    [InlineData(4, 1, 0)]
    [InlineData(4, 0, 1)]
    [InlineData(12, 2, 1)]
    [InlineData(12, 1, 2)]
    [InlineData(24, 3, 3)]
    public void A_network_that_takes_a_quarter_of_the_settle_period_both_ways_together_is_too_slow(int settle, int up, int down) =>
        Proof.Fails(output, Proof.SignedOut, Pages(settle, 2, up, down));

    public static TheoryData<int, int, int, int, int> Beside =>
        new([
            (4, 2, 0, 0, 1),
            (12, 2, 2, 0, 1),
            (12, 2, 0, 1, 1),
            (16, 2, 1, 1, 1),
            .. Proof.IsDeep
                ? [(16, 2, 1, 1, 2), (24, 2, 1, 2, 1), (24, 2, 3, 1, 1), (24, 3, 1, 2, 1)]
                : Array.Empty<(int, int, int, int, int)>(),
        ]);

    [Requirement("RT-06")]
    [Theory]
    [MemberData(nameof(Beside))]
    public void Beside_the_browser_client_a_page_of_any_length_signs_no_user_out(int settle, int pages, int up, int down, int flights) =>
        Proof.Holds(output, WithScript(settle, pages, up, down, flights));

    [Requirement("RT-06")]
    [Theory]
    [InlineData(12, 1, 1)]
    [InlineData(12, 3, 0)]
    [InlineData(24, 2, 2)]
    public void Beside_the_browser_client_each_way_has_to_take_less_than_a_twelfth(int settle, int up, int down) =>
        Proof.Fails(output, Proof.SignedOut, WithScript(settle, 2, up, down));

    public static TheoryData<int, int, int, int, int, int> Waiting =>
        new([
            (8, 2, 1, 0, 2, 0),
            (12, 2, 1, 1, 2, 0),
            (8, 2, 1, 0, 1, 1),
            .. Proof.IsDeep
                ? [(12, 3, 1, 1, 2, 0), (8, 2, 1, 0, 2, 1), (16, 2, 1, 1, 1, 1)]
                : Array.Empty<(int, int, int, int, int, int)>(),
        ]);

    [Requirement("RT-06")]
    [Theory]
    [MemberData(nameof(Waiting))]
    public void A_request_that_waits_in_the_server_for_any_time_signs_no_user_out(
        int settle,
        int pages,
        int up,
        int down,
        int late,
        int flights
    ) => Proof.Holds(output, WithScript(settle, pages, up, down, flights) with { Late = late });

    public static TheoryData<int, int, int, int, int, int> Thefts =>
        new([
            (4, 2, 0, 0, 2, 0),
            (4, 3, 0, 0, 2, 0),
            (4, 2, 0, 0, 2, 1),
            .. Proof.IsDeep
                ? [(4, 3, 0, 0, 3, 0), (8, 2, 1, 0, 3, 0), (12, 2, 1, 1, 3, 0), (4, 2, 0, 0, 3, 1), (8, 2, 1, 0, 2, 1)]
                : Array.Empty<(int, int, int, int, int, int)>(),
        ]);

    [Requirement("RT-05")]
    [Theory]
    [MemberData(nameof(Thefts))]
    public void A_thief_cannot_share_a_chain_with_a_browser_without_script(
        int settle,
        int pages,
        int up,
        int down,
        int loot,
        int flights
    ) => Proof.Holds(output, WithScript(settle, pages, up, down, flights) with { Loot = loot });

    // The rule, weakened.

    [Requirement("RT-06", "OPS-05")]
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void If_a_late_response_carries_the_cookies_it_signs_out(int flights) =>
        Proof.Fails(output, Proof.SignedOut, WithScript(8, 2, 0, 0, flights), Rule.WithLateCookies);

    [Requirement("RT-06")]
    [Fact]
    public void If_the_wait_for_the_decision_does_not_count_a_late_response_signs_out() =>
        Proof.Fails(output, Proof.SignedOut, Pages(8, 2, 0, 0) with { Late = 1 }, Rule.WithCookiesAfterAWait);

    [Requirement("RT-05")]
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void If_concurrent_requests_get_the_same_child_a_thief_shares_the_chain(int tokens) =>
        Proof.Fails(output, Proof.Shared, Pages(4, 2, 0, 0) with { Loot = 2, Shared = tokens }, Rule.WithSharedChild);
}
