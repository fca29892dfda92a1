using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>What the start says about the exchange of cookie tickets.</summary>
public sealed class CookieTicketSetupTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_start_logs_which_cookie_is_exchanged_and_until_when()
    {
        await using var app = await CookieApp.ChangeAsync(_folder, _clock);

        Assert.Contains(CookieApp.Cookie, Assert.Single(app.Logs.OfPawl(72)).Message, StringComparison.Ordinal);
        Assert.Empty(app.Logs.OfPawl(73));
    }

    [Fact]
    public async Task After_the_end_a_warning_says_that_the_call_can_be_removed()
    {
        await using var app = await CookieApp.ChangeAsync(_folder, _clock, until: _clock.GetUtcNow());

        Assert.Single(app.Logs.OfPawl(73));
        Assert.Empty(app.Logs.OfPawl(72));
    }

    [Fact]
    public async Task Settings_of_the_cookie_that_apply_to_its_tickets_are_not_called_ineffective()
    {
        Action<CookieAuthenticationOptions> configure = static o =>
        {
            o.Cookie.Name = "Old";
            o.Cookie.Domain = "app.example";
            o.Cookie.Path = "/pages";
            o.CookieManager = new ChunkingCookieManager();
        };
        await using (var app = await CookieApp.ChangeAsync(_folder, _clock, configure))
            Assert.Empty(app.Logs.OfPawl(28));

        await using (var app = await CookieApp.ChangeAsync(_folder, _clock, configure, until: _clock.GetUtcNow()))
            Assert.Contains("Cookie.Name", Assert.Single(app.Logs.OfPawl(28)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_scheme_of_Pawl_has_no_tickets_and_stops_the_start()
    {
        var fault = await Assert.ThrowsAsync<SetupException>(() =>
            CookieApp.ChangeAsync(_folder, _clock, scheme: PawlDefaults.AuthenticationScheme)
        );
        Assert.Contains("AddPawl(CookieAuthenticationDefaults.AuthenticationScheme)", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_beyond_the_absolute_timeout_stops_the_start()
    {
        await using (await CookieApp.ChangeAsync(_folder, _clock, until: _clock.GetUtcNow().AddDays(90))) { }

        var fault = await Assert.ThrowsAsync<SetupException>(() =>
            CookieApp.ChangeAsync(_folder, _clock, until: _clock.GetUtcNow().AddDays(90).AddSeconds(1))
        );
        Assert.Contains("AbsoluteTimeout", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_call_throws()
    {
        var builder = new ServiceCollection().AddPawl().ExchangeCookieTickets(_clock.GetUtcNow());

        Assert.Throws<InvalidOperationException>(() => builder.ExchangeCookieTickets(_clock.GetUtcNow()));
    }
}
