using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>Logs say what happened to which session, by stable event ids, and never hold anything that opens one.</summary>
public sealed class LoggingTests
{
    [Requirement("LOG-01")]
    [Fact]
    public async Task No_token_cookie_or_key_is_in_any_log_metric_or_problem()
    {
        var ownersKey = Enumerable.Range(100, 32).Select(static i => (byte)i).ToArray();
        await using var app = await TestApp.StartAsync(o => o.KeyEncryptionKey = ownersKey);
        using var measured = new Measurements(app.Service<IMeterFactory>());
        var answers = new List<Answer>();
        var ada = app.NewBrowser();
        answers.Add(await ada.SignInAsync("ada"));
        var stolen = ada.Copy();
        var native = await Answer.ReadAsync(
            await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
                app.NewClient(),
                "/login",
                new Login("bob") { Transport = SessionTransport.Body },
                TestContext.Current.CancellationToken
            )
        );
        for (var i = 0; i < 3; i++)
        {
            answers.Add(await ada.RefreshAsync());
            answers.Add(await ada.MeAsync());
            app.Clock.Advance(TimeSpan.FromMinutes(2));
        }
        answers.Add(await stolen.MeAsync());
        answers.Add(await stolen.RefreshAsync());
        answers.Add(await ada.MeAsync());
        answers.Add(await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {ada.AccessToken}x")));
        answers.Add(await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {ada.AccessToken}"), ("Cookie", ada.Cookies.Header!)));
        answers.Add(await app.SendRawAsync("POST", "/note", ("Sec-Fetch-Site", "cross-site"), ("Cookie", ada.Cookies.Header!)));
        app.Store.IsDown = true;
        answers.Add(await ada.RefreshAsync());
        answers.Add(await ada.LogoutAsync());
        app.Store.IsDown = false;
        answers.Add(await ada.LogoutAsync());

        var secrets = answers
            .SelectMany(static a => a.SetCookies)
            .Where(static c => c.Attributes.ContainsKey("HttpOnly"))
            .Select(static c => c.Value)
            .Append(native.Text("access_token")!)
            .Append(native.Text("refresh_token")!)
            .Append(Convert.ToBase64String(ownersKey))
            .Append(Convert.ToHexString(ownersKey))
            .Concat(
                StoredKey
                    .ReadAll((await app.Service<IKeyStore>().ReadKeysAsync(TestContext.Current.CancellationToken)).Content)
                    .SelectMany(k =>
                        new[] { Convert.ToBase64String(k.Secret), Convert.ToBase64String(app.Service<KeyProtection>().Unprotect(k)) }
                    )
            )
            .Where(static s => s.Length > 0)
            .Distinct()
            .ToList();
        Assert.InRange(secrets.Count, 12, 30);
        Assert.Contains(app.Logs.All, static e => e.Level is LogLevel.Trace or LogLevel.Debug);
        var said = app
            .Logs.All.Select(static e => e.ToString())
            .Concat(measured.Counts.Keys)
            .Concat(answers.Where(static a => a.Status >= 400).Select(static a => a.Body))
            .ToList();
        // Any twenty characters of the part that proves it would be too much: the end of a token, the whole of a key.
        foreach (var secret in secrets.Select(static s => s[^Math.Min(20, s.Length)..]))
            Assert.All(said, line => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
    }

    [Requirement("LOG-01")]
    [Theory]
    [InlineData("log")]
    [InlineData("trace")]
    [InlineData("metric")]
    [InlineData("problem")]
    public async Task A_token_that_an_app_tells_is_noticed(string where)
    {
        var app = await TestApp.StartAsync(map: static app =>
            app.MapGet("/problem/{token}", static (string token) => Results.Problem("You sent " + token))
        );
        var ada = await app.SignInAsync("ada");
        using var source = new System.Diagnostics.ActivitySource("test");
        using var meter = new Meter("test");
        switch (where)
        {
            case "log":
                app.Service<ILogger<LoggingTests>>().Log(LogLevel.Trace, default, ada.AccessToken, null, static (token, _) => token!);
                break;
            case "trace":
                using (source.StartActivity("work")!.SetTag("token", ada.AccessToken)) { }
                break;
            case "metric":
                meter.CreateCounter<int>("requests").Add(1, KeyValuePair.Create<string, object?>("token", ada.AccessToken));
                break;
            default:
                var signature = ada.AccessToken!.Split('.')[2];
                await ada.GetAsync($"/problem/{signature}");
                break;
        }
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(async () => await app.DisposeAsync());
    }

    [Requirement("LOG-02", "LOG-03")]
    [Fact]
    public async Task Each_event_has_its_number_and_names_the_session_by_its_public_id()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var bob = await app.SignInAsync("bob");
        await bob.LogoutAsync();
        var stolen = ada.Copy();
        for (var i = 0; i < 2; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            await ada.RefreshAsync();
        }
        await stolen.RefreshAsync();
        await app.SendRawAsync("POST", "/note", ("Sec-Fetch-Site", "cross-site"), ("Cookie", $"{PawlDefaults.RefreshCookie}=x"));

        Assert.Equal((LogLevel.Information, $"session_created {ada.Sid}"), Level(app.Logs.OfPawl(1).First()));
        Assert.Matches("^session_ended [A-Za-z0-9_-]{22} SignedOut$", Assert.Single(app.Logs.OfPawl(2)).Message);
        Assert.Equal(LogLevel.Warning, Assert.Single(app.Logs.OfPawl(3)).Level);
        Assert.Equal((LogLevel.Warning, "request_rejected csrf_rejected"), Level(Assert.Single(app.Logs.OfPawl(5))));
        Assert.Equal(2, app.Logs.OfPawl(7).Count(static e => e.Message.StartsWith("key_made ", StringComparison.Ordinal)));

        static (LogLevel, string) Level(CapturedLogs.Entry entry) => (entry.Level, entry.Message);
    }

    [Requirement("LOG-04")]
    [Fact]
    public async Task Text_of_an_attacker_reaches_no_log()
    {
        await using var app = await TestApp.StartAsync();
        var browser = new Browser(app.NewClient(), app.Clock, new Uri(TestApp.Origin)) { UserAgent = "evil-agent \u202e\u001b[31m" };
        await browser.SignInAsync("evil-name", new Login("") { Device = "evil-device\r\nsession_created forged" });
        await browser.GetAsync("/me", (PawlDefaults.SessionHeader, "evil-header"));
        await browser.LogoutAsync("evil-scope");
        Assert.DoesNotContain(app.Logs.All.Where(static e => e.Category.StartsWith("Pawl", StringComparison.Ordinal)), static e =>
            e.ToString().Contains("evil", StringComparison.Ordinal) || e.ToString().Contains("forged", StringComparison.Ordinal)
        );
    }

    [Requirement("LOG-02")]
    [Fact]
    public void No_two_events_share_a_number()
    {
        var ids = new[] { typeof(PawlLog), typeof(CookieTicketLog) }
            .SelectMany(static log => log.GetMethods())
            .SelectMany(static m => m.GetCustomAttributes(typeof(LoggerMessageAttribute), false))
            .Cast<LoggerMessageAttribute>()
            .Select(static a => a.EventId)
            .ToList();
        Assert.True(ids.Count >= 12);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
