namespace Pawl.AspNetCore.Tests;

/// <summary>What is kept of a person's device is what the app wants kept.</summary>
public sealed class PrivacyTests
{
    [Requirement("LOG-05")]
    [Fact]
    public async Task No_address_is_kept_and_no_description_where_the_app_wants_none()
    {
        await using var app = await TestApp.StartAsync(kestrel: true);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.77");
        var ada = new Browser(client, app.Clock, new Uri($"http://localhost:{app.Address.Port}")) { UserAgent = "Marked-Agent/1.0" };
        await ada.SignInAsync("ada", new Login("") { Device = "" });
        await ada.RefreshAsync();

        var file = app.Folder.ReadEverything();
        Assert.NotEqual(-1, file.AsSpan().IndexOf("ada"u8));
        foreach (var trace in new[] { "127.0.0.1", "203.0.113.77", "::1", "Marked-Agent" })
        {
            Assert.Equal(-1, file.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(trace)));
            Assert.DoesNotContain(app.Logs.All.Where(static e => e.Category.StartsWith("Pawl", StringComparison.Ordinal)), e =>
                e.ToString().Contains(trace, StringComparison.Ordinal)
            );
        }
    }

    [Requirement("LOG-05")]
    [Fact]
    public async Task Times_are_those_of_the_apps_clock_in_UTC()
    {
        var clock = new TestClock(new DateTimeOffset(2030, 7, 1, 3, 0, 0, TimeSpan.FromHours(5)));
        await using var app = await TestApp.StartAsync(clock: clock);
        await (await app.SignInAsync("ada")).LogoutAsync();
        var expected = new DateTimeOffset(2030, 6, 30, 22, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
        Assert.Equal(
            (expected, expected),
            (app.Folder.Query<long>("SELECT created_at FROM pawl_sessions"), app.Folder.Query<long>("SELECT ended_at FROM pawl_endings"))
        );
    }
}
