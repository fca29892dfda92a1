using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>What an app may write for AddPawlResource, and what stops it at start with a sentence.</summary>
public sealed class ResourceSetupTests
{
    public static TheoryData<string, Action<PawlResourceOptions>> Faults =>
        new()
        {
            { "Authority must be the https URL", static o => o.Authority = "http://example.com" },
            { "Authority must be the https URL", static o => o.Authority = "example.com" },
            { "Authority must be the https URL", static o => o.Authority = "https://ada:secret@example.com" },
            { "Authority must be the https URL", static o => o.Authority = "https://example.com/?a=b" },
            { "Issuer and Audience must have", static o => o.Audience = "" },
            { "ServiceName and ServiceSecret must be", static o => o.ServiceSecret = null },
            { "ServiceName and ServiceSecret must be", static o => o.ServiceSecret = "short" },
            { "ServiceName and ServiceSecret must be", static o => o.ServiceSecret = "sha256:" + new string('a', 64) },
            { "ServiceName and ServiceSecret must be", static o => o.ServiceName = "a:b" },
            { "AcceptDpop needs PublicUrl", static o => o.AcceptDpop = true },
            { "AcceptDpop needs PublicUrl", static o => (o.AcceptDpop, o.PublicUrl) = (true, "http://billing.example.com") },
            {
                "AcceptDpop needs PublicUrl",
                static o => (o.AcceptDpop, o.PublicUrl, o.FollowEndings, o.ServiceSecret) = (true, "https://example.com", false, null)
            },
            { "WhenUnavailable must be", static o => o.WhenUnavailable = (StoreUnavailableBehavior)7 },
            { "UnavailableAfter must be", static o => o.UnavailableAfter = TimeSpan.FromSeconds(9) },
            { "UnavailableAfter must be", static o => o.UnavailableAfter = TimeSpan.FromMinutes(61) },
            { "ClockSkew must be", static o => o.ClockSkew = TimeSpan.FromMinutes(3) },
            { "Events and EventsType are not used", static o => o.EventsType = typeof(object) },
            { "ClaimsIssuer is not used", static o => o.ClaimsIssuer = "x" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void An_option_that_cannot_work_is_refused_with_what_to_write(string sentence, Action<PawlResourceOptions> configure)
    {
        var options = NewOptions();
        Assert.True(Validate(options).Succeeded);
        configure(options);
        var result = Validate(options);
        Assert.StartsWith(sentence, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_the_start()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var fault = await Assert.ThrowsAnyAsync<OptionsValidationException>(() =>
            ResourceApp.StartAsync(app, configure: static o => o.ServiceSecret = null)
        );
        Assert.StartsWith("Pawl does not start: ServiceName and ServiceSecret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_follow_endings_needs_no_secret()
    {
        await using var app = await TestApp.StartAsync();
        await using var service = await ResourceApp.StartAsync(app, configure: static o =>
            (o.ServiceName, o.ServiceSecret, o.FollowEndings) = (null, null, false)
        );
        var ada = await app.SignInAsync("ada");
        var token = ada.AccessToken!;
        await ada.LogoutAsync();
        Assert.Equal(200, (await service.AskAsync(token)).Status);
        Assert.Equal("Healthy", (await service.AskAsync(null, "/health")).Body);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task A_wrong_secret_is_said_in_the_log_and_the_secret_is_not()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        const string wrong = "1f8e6b1c4d7a92530f8e6b1c4d7a9253";
        await using var service = await ResourceApp.StartAsync(app, configure: static o => o.ServiceSecret = wrong);
        Assert.Equal(503, (await service.AskAsync((await app.SignInAsync("ada")).AccessToken)).Status);
        await Eventually.TrueAsync(() => service.Logs.OfPawl(80).Any(), "The log does not say it.");
        Assert.Contains("does not know this service", service.Logs.OfPawl(80).First().Message, StringComparison.Ordinal);
        Assert.DoesNotContain(service.Logs.All, static entry => entry.ToString().Contains(wrong, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_recent_sign_in_can_be_required_here_as_at_the_server()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(
            app,
            map: static s => s.MapGet("/pay", static () => "paid").RequireRecentAuthentication(TimeSpan.FromMinutes(10)),
            configure: static o => o.UnavailableAfter = TimeSpan.FromHours(1)
        );
        var ada = await app.SignInAsync("ada");
        Assert.Equal("paid", (await service.AskAsync(ada.AccessToken, "/pay")).Body);
        app.Clock.Advance(TimeSpan.FromMinutes(11));
        await ada.RefreshAsync();
        var refusal = await service.AskAsync(ada.AccessToken, "/pay");
        Assert.Equal(
            ("reauthentication_required", "Bearer error=\"insufficient_user_authentication\", max_age=600"),
            (refusal.Code, refusal["WWW-Authenticate"])
        );
    }

    [Fact]
    public async Task A_page_of_another_origin_can_read_why_it_was_refused()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app, services: static services =>
            services.AddCors(static cors =>
                cors.AddDefaultPolicy(static policy => policy.WithOrigins("https://page.example").WithHeaders("Authorization"))
            )
        );
        var refusal = await service.AskAsync("x", "/who", ("Origin", "https://page.example"));
        Assert.Equal(
            ("access_token_invalid", "https://page.example", "Pawl-Problem, WWW-Authenticate, Retry-After"),
            (refusal.Code, refusal["Access-Control-Allow-Origin"], refusal["Access-Control-Expose-Headers"])
        );
    }

    [Theory]
    [InlineData(-31, "access_token_invalid")]
    [InlineData(-29, null)]
    [InlineData(329, null)]
    [InlineData(331, "access_token_expired")]
    public async Task Clocks_may_differ_by_the_skew_and_no_more(int seconds, string? code)
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var clock = new TestClock(app.Clock.GetUtcNow().AddSeconds(seconds));
        await using var service = await ResourceApp.StartAsync(app, clock: clock);
        var answer = await service.AskAsync((await app.SignInAsync("ada")).AccessToken);
        Assert.Equal(code ?? "200 without a code", answer.Code);
    }

    [Fact]
    public async Task An_ending_is_remembered_when_the_clock_of_the_service_was_behind_and_is_corrected()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var clock = new TestClock(app.Clock.GetUtcNow().AddHours(-1));
        await using var service = await ResourceApp.StartAsync(app, StoreUnavailableBehavior.Accept, clock: clock);
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        var (adas, bobs) = (ada.AccessToken!, bob.AccessToken!);
        Assert.Equal("access_token_invalid", (await service.AskAsync(adas)).Code);
        await ada.LogoutAsync();
        await Eventually.TrueAsync(() => service.EndedSessions == 1, "The service was not told.");
        clock.Advance(TimeSpan.FromHours(1));
        await bob.LogoutAsync();
        await service.UntilAsync(bobs, "session_ended");
        Assert.Equal("session_ended", (await service.AskAsync(adas)).Code);
    }

    private static PawlResourceOptions NewOptions() =>
        new()
        {
            Authority = "https://example.com",
            ServiceName = Billing.Name,
            ServiceSecret = Billing.Secret,
        };

    private static ValidateOptionsResult Validate(PawlResourceOptions options) => new ResourceOptionsValidator().Validate(null, options);
}
