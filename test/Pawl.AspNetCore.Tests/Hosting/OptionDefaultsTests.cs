using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>The options are safe as they are.</summary>
public sealed class OptionDefaultsTests
{
    [Requirement("OPS-02")]
    [Fact]
    public void A_switch_that_weakens_says_so_in_its_name()
    {
        // Looked at one by one: none of these lets a user in.
        string[] harmless =
        [
            nameof(PawlOptions.IncludePersonalClaims),
            nameof(PawlOptions.ClearSiteDataOnSignOut),
            nameof(PawlOptions.IncludeEndReason),
            nameof(PawlOptions.AcceptDpop),
        ];
        var switches = typeof(PawlOptions)
            .GetProperties()
            .Where(static p => p.DeclaringType == typeof(PawlOptions) && p.PropertyType == typeof(bool))
            .Select(static p => p.Name);
        Assert.All(switches.Except(harmless), static name => Assert.StartsWith("Dangerous", name, StringComparison.Ordinal));
    }

    [Requirement("CLM-02")]
    [Fact]
    public void The_defaults_are_those_of_the_protocol()
    {
        var o = new PawlOptions();
        Assert.Equal(
            (300, 40, 14, 90, 30),
            (
                (int)o.AccessTokenLifetime.TotalSeconds,
                (int)o.SettlePeriod.TotalSeconds,
                (int)o.IdleTimeout.TotalDays,
                (int)o.AbsoluteTimeout.TotalDays,
                (int)o.ClockSkew.TotalSeconds
            )
        );
        Assert.Equal(("/auth", SameSiteMode.Strict, "ES256"), (o.BasePath.Value, o.SameSite, o.SigningAlgorithm.Name));
        Assert.Empty(o.TrustedOrigins);
    }
}
