using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Pawl.Testing;
using Xunit;

namespace Tested.Tests;

public sealed class SessionTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly WebApplicationFactory<Program> _app;

    public SessionTests() =>
        _app = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host.UseMemoryStore().UseClock(_clock));

    [Fact]
    public async Task Only_an_administrator_deletes_the_notes()
    {
        using var ada = _app.CreateClientAs("ada", roles: ["admin"]);
        using var bob = _app.CreateClientAs("bob");
        Assert.Equal(HttpStatusCode.NoContent, (await ada.DeleteAsync("/notes")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await bob.DeleteAsync("/notes")).StatusCode);
    }

    [Fact]
    public async Task A_session_that_was_ended_is_refused()
    {
        using var ada = _app.CreateClientAs("ada");
        Assert.Equal("ada", await ada.GetStringAsync("/me"));
        await ada.EndSessionAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await ada.GetAsync("/me")).StatusCode);
    }

    [Fact]
    public async Task The_sign_in_of_the_app_lasts_for_ninety_days_if_it_is_used()
    {
        using var page = _app.CreateSessionClient();
        (await page.PostAsJsonAsync("/login", new { name = "ada", password = "hunter2" })).EnsureSuccessStatusCode();
        page.RefreshesAutomatically = true;
        for (var day = 0; day < 88; day += 8)
        {
            Assert.Equal("ada", await page.GetStringAsync("/me"));
            _clock.Advance(TimeSpan.FromDays(8));
        }
        _clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await page.GetAsync("/me")).StatusCode);
    }

    public void Dispose() => _app.Dispose();
}
