namespace Pawl.Tests.Sessions;

/// <summary>
/// What is decided about a refresh token before the lineage rule, in sessions with a device key and in those that need one.
/// </summary>
public sealed class DeviceRuleTests
{
    private static readonly byte[] Key = [4, .. Enumerable.Repeat((byte)1, 64)];
    private static readonly DateTimeOffset Start = Given.Now;
    private static readonly DeviceBindingRule Preferred = new(FallsBack: true, null);
    private static readonly DeviceBindingRule Required = new(FallsBack: false, TimeSpan.FromMinutes(10));

    [Theory]
    [InlineData(SessionTransport.Cookie)]
    [InlineData(SessionTransport.Body)]
    public void A_proof_by_the_key_leaves_the_decision_to_the_lineage_rule(SessionTransport transport) =>
        Assert.Null(Decide(Bound(transport), 5, Key));

    [Fact]
    public void Without_a_proof_nothing_is_decided_and_nothing_ends()
    {
        foreach (var transport in new[] { SessionTransport.Cookie, SessionTransport.Body })
        {
            Assert.Equal(RotationOutcome.Unproven, Decide(Bound(transport), 5)?.Outcome);
            Assert.Equal(RotationOutcome.Unproven, Decide(Bound(transport), 5, [4, .. new byte[64]])?.Outcome);
        }
    }

    [Fact]
    public void A_token_from_before_the_binding_is_an_alarm_without_cookies_only()
    {
        Assert.Equal(RotationOutcome.Reused, Decide(Bound(SessionTransport.Body), 41, issuedAt: -1)?.Outcome);
        Assert.Equal(RotationOutcome.Unproven, Decide(Bound(SessionTransport.Cookie), 41, issuedAt: -1)?.Outcome);
    }

    [Fact]
    public void A_request_that_was_under_way_at_the_binding_is_no_alarm() =>
        Assert.Equal(RotationOutcome.Unproven, Decide(Bound(SessionTransport.Body), 40, issuedAt: -1)?.Outcome);

    [Fact]
    public void A_token_from_before_the_binding_beside_a_refused_proof_is_no_alarm() =>
        Assert.Equal(RotationOutcome.Unproven, Decide(Bound(SessionTransport.Body), 41, issuedAt: -1, hasRefusedProof: true)?.Outcome);

    [Theory]
    [InlineData(0, true)]
    [InlineData(269, true)]
    [InlineData(270, false)]
    [InlineData(86_400, false)]
    public void Preferred_leaves_it_to_the_lineage_rule_once_a_proof_is_overdue(int seconds, bool isRefused)
    {
        Assert.Equal(isRefused, Decide(Bound(SessionTransport.Cookie), seconds, binding: Preferred) is not null);
        Assert.NotNull(Decide(Bound(SessionTransport.Body), seconds, binding: Preferred));
        Assert.NotNull(Decide(Bound(SessionTransport.Cookie), seconds, binding: Required));
    }

    [Fact]
    public void A_refresh_without_a_proof_leaves_the_next_proof_overdue()
    {
        var now = Start.AddSeconds(1000);
        var session = Bound(SessionTransport.Cookie) with { LastUsedAt = DeviceRule.FindLastUseWithoutProof(now, new()) };
        Assert.Null(Decide(session, 1000, binding: Preferred));
        Assert.True(session.LastUsedAt > Start);
    }

    [Theory]
    [InlineData(600, false)]
    [InlineData(601, true)]
    public void Required_refuses_sessions_with_cookies_that_stay_unbound(int seconds, bool isRefused)
    {
        var unbound = Bound(SessionTransport.Cookie) with { DeviceKey = null };
        Assert.Equal(isRefused ? RotationOutcome.Unproven : null, Decide(unbound, seconds, binding: Required)?.Outcome);
        Assert.Null(Decide(unbound with { Transport = SessionTransport.Bearer }, seconds, binding: Required));
        Assert.Null(Decide(unbound, seconds, binding: Preferred));
    }

    [Fact]
    public void An_end_comes_first()
    {
        var ended = Bound(SessionTransport.Cookie) with { End = new(SessionEndReason.Revoked, Start) };
        Assert.Null(Decide(ended, 5));
        Assert.Null(Decide(Bound(SessionTransport.Cookie), 20 * 86_400));
    }

    private static Session Bound(SessionTransport transport) =>
        new()
        {
            Id = default,
            Subject = "ada",
            Head = new(1, 1),
            CreatedAt = Start,
            LastUsedAt = Start,
            ExpiresAt = Start.AddDays(90),
            Transport = transport,
            DeviceKey = new(Key, Start),
        };

    private static RotationResult? Decide(
        Session session,
        int seconds,
        byte[]? proved = null,
        DeviceBindingRule binding = default,
        int issuedAt = 1,
        bool hasRefusedProof = false
    ) =>
        DeviceRule.Decide(
            session,
            new RefreshToken(default, 2, 2, 1, Start.AddSeconds(issuedAt)),
            proved,
            Start.AddSeconds(seconds),
            new(),
            binding,
            hasRefusedProof
        );
}
