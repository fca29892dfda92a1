using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Tested.Tests;

public sealed class SessionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly WebApplicationFactory<Program> _app;
    private readonly HttpClient _browser;

    public SessionTests()
    {
        _app = new WebApplicationFactory<Program>().WithWebHostBuilder(host => host
            .UseSetting("ConnectionStrings:Sessions", $"Data Source={_folder}/sessions.db")
            .ConfigureTestServices(services => services.AddSingleton<TimeProvider>(_clock)));
        // The client keeps cookies. They are Secure, so the address has to be https.
        _browser = _app.CreateClient(new() { BaseAddress = new Uri("https://localhost") });
        // A browser sends this header with each POST. Without it the cross-origin check responds with 403 csrf_rejected.
        _browser.DefaultRequestHeaders.Add("Origin", "https://localhost");
    }

    [Fact]
    public async Task A_session_outlives_its_access_token_and_ends_at_the_sign_out()
    {
        var signIn = await _browser.PostAsJsonAsync("/login", new { name = "ada", password = "hunter2" });
        signIn.EnsureSuccessStatusCode();
        Assert.Equal("ada", await _browser.GetStringAsync("/me"));

        // The access token is accepted for 5 minutes and the clock skew of 30 seconds.
        _clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Unauthorized, (await _browser.GetAsync("/me")).StatusCode);
        (await _browser.PostAsync("/auth/refresh", null)).EnsureSuccessStatusCode();
        Assert.Equal("ada", await _browser.GetStringAsync("/me"));

        (await _browser.PostAsync("/auth/logout", null)).EnsureSuccessStatusCode();
        Assert.Equal(HttpStatusCode.Unauthorized, (await _browser.GetAsync("/me")).StatusCode);
    }

    public void Dispose()
    {
        _app.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
