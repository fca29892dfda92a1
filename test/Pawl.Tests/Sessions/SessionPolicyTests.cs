namespace Pawl.Tests.Sessions;

public sealed class SessionPolicyTests
{
    [Fact]
    public void The_defaults_are_those_of_the_protocol() =>
        Assert.Equal(
            new SessionPolicy
            {
                AccessTokenLifetime = TimeSpan.FromMinutes(5),
                SettlePeriod = TimeSpan.FromSeconds(40),
                IdleTimeout = TimeSpan.FromDays(14),
                AbsoluteTimeout = TimeSpan.FromDays(90),
            },
            new SessionPolicy()
        );

    [Fact]
    public void A_session_outlives_the_browser_unless_told_otherwise() =>
        Assert.True(
            new Session
            {
                Id = Given.SessionId,
                Subject = "alice",
                Head = new SessionHead(0, 100),
                CreatedAt = Given.Now,
                LastUsedAt = Given.Now,
                ExpiresAt = Given.Now,
                Claims = "{}"u8.ToArray(),
            }.IsPersistent
        );

    // NIST SP 800-63B-4, sections 2.1.3, 2.2.3 and 2.3.3.
    [Requirement("SES-09")]
    [Fact]
    public void The_presets_are_within_the_limits_of_NIST()
    {
        Assert.True(SessionPolicy.Aal1.AbsoluteTimeout <= TimeSpan.FromDays(30));
        Assert.True(
            SessionPolicy.Aal2.AbsoluteTimeout <= TimeSpan.FromHours(24) && SessionPolicy.Aal2.IdleTimeout <= TimeSpan.FromHours(1)
        );
        Assert.True(
            SessionPolicy.Aal3.AbsoluteTimeout <= TimeSpan.FromHours(12) && SessionPolicy.Aal3.IdleTimeout <= TimeSpan.FromMinutes(15)
        );
    }

    [Fact]
    public void No_preset_is_so_short_that_it_cannot_be_used()
    {
        foreach (var policy in new[] { new(), SessionPolicy.Aal1, SessionPolicy.Aal2, SessionPolicy.Aal3 })
        {
            // A session that goes idle within one access token's life would end between two refreshes.
            Assert.True(policy.SettlePeriod < policy.AccessTokenLifetime);
            Assert.True(policy.AccessTokenLifetime < policy.IdleTimeout);
            Assert.True(policy.IdleTimeout < policy.AbsoluteTimeout);
        }
    }
}
