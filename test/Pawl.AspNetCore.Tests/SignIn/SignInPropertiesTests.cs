using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Each member of the AuthenticationProperties of a sign-in or sign-out is honoured or refused with an exception.
/// </summary>
public sealed class SignInPropertiesTests
{
    private static readonly string[] OfHandlers =
    [
        ".AuthScheme",
        ".sessionState",
        "LoginProvider",
        "XsrfId",
        "OpenIdConnect.Code.RedirectUri",
        "code_verifier",
    ];

    private static readonly DateTimeOffset Start = new TestClock().GetUtcNow();

    [Requirement("SES-11")]
    [Fact]
    public async Task ExpiresUtc_is_the_absolute_timeout_of_the_session()
    {
        await using var app = await StartAsync(static p => p.ExpiresUtc = Start.AddMinutes(30));
        var ada = app.NewBrowser();

        var answer = await ada.PostAsync("/in");

        Assert.Equal(30 * 60, answer.Cookie(PawlDefaults.RefreshCookie)!.MaxAge);
        app.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(60, (await ada.RefreshAsync()).Number("session_expires_in"));
        // A browser would drop the cookie at that moment.
        var late = app.NewBrowser();
        late.Cookies[PawlDefaults.RefreshCookie] = ada.RefreshToken;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("absolute", (await late.RefreshAsync()).Reason);
    }

    [Fact]
    public async Task ExpiresUtc_of_seconds_bounds_the_access_token_too()
    {
        await using var app = await StartAsync(static p => p.ExpiresUtc = Start.AddSeconds(20));
        var ada = app.NewBrowser();
        await ada.PostAsync("/in");
        var claims = AccessTokens.Claims(ada.AccessToken!);
        Assert.Equal(20, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }

    [Fact]
    public async Task ExpiresUtc_never_exceeds_the_absolute_timeout()
    {
        await using var app = await StartAsync(static p => p.ExpiresUtc = Start.AddDays(300), json: true);
        Assert.Equal(90 * 24 * 3600, (await app.NewBrowser().PostAsync("/in")).Number("session_expires_in"));
    }

    [Requirement("SES-11")]
    [Fact]
    public async Task IssuedUtc_is_when_the_user_proved_who_they_are()
    {
        await using var app = await StartAsync(static p => p.IssuedUtc = Start.AddHours(-1), json: true);
        var ada = app.NewBrowser();

        var answer = await ada.PostAsync("/in");

        Assert.Equal(90 * 24 * 3600 - 3600, answer.Number("session_expires_in"));
        Assert.Equal(Start.AddHours(-1).ToUnixTimeSeconds(), AccessTokens.Claims(ada.AccessToken!).GetProperty("auth_time").GetInt64());
    }

    [Fact]
    public async Task IssuedUtc_within_the_clock_skew_ahead_is_now()
    {
        await using var app = await StartAsync(static p => p.IssuedUtc = Start.AddSeconds(20));
        var ada = app.NewBrowser();
        await ada.PostAsync("/in");
        Assert.Equal(Start.ToUnixTimeSeconds(), AccessTokens.Claims(ada.AccessToken!).GetProperty("auth_time").GetInt64());
    }

    [Fact]
    public async Task AllowRefresh_false_makes_a_session_that_use_does_not_extend()
    {
        await using var app = await StartAsync(static p => p.AllowRefresh = false, static o => o.IdleTimeout = TimeSpan.FromHours(1));
        var ada = app.NewBrowser();
        await ada.PostAsync("/in");
        app.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(60, (await ada.RefreshAsync()).Number("session_expires_in"));
        // A browser would drop the cookie at that moment.
        var late = app.NewBrowser();
        late.Cookies[PawlDefaults.RefreshCookie] = ada.RefreshToken;
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("absolute", (await late.RefreshAsync()).Reason);
    }

    [Fact]
    public async Task AllowRefresh_true_changes_nothing()
    {
        await using var app = await StartAsync(static p => p.AllowRefresh = true, json: true);
        Assert.Equal(90 * 24 * 3600, (await app.NewBrowser().PostAsync("/in")).Number("session_expires_in"));
    }

    [Fact]
    public async Task Parameters_are_for_the_handler_of_the_start()
    {
        object? seen = null;
        await using var app = await StartAsync(
            static p => p.Parameters["campaign"] = 7,
            o =>
                o.Events.OnSessionStarting = context =>
                {
                    seen = context.Properties!.GetParameter<int>("campaign");
                    return Task.CompletedTask;
                }
        );
        Assert.Equal(200, (await app.NewBrowser().PostAsync("/in")).Status);
        Assert.Equal(7, seen);
    }

    [Fact]
    public async Task Items_of_the_frameworks_own_handlers_are_ignored()
    {
        await using var app = await StartAsync(static p =>
        {
            foreach (var key in OfHandlers)
                p.Items[key] = "x";
        });
        Assert.Equal(200, (await app.NewBrowser().PostAsync("/in")).Status);
    }

    public static TheoryData<string, Action<AuthenticationProperties>> Refused =>
        new()
        {
            { "ExpiresUtc", static p => p.ExpiresUtc = Start.AddSeconds(-1) },
            { "ExpiresUtc", static p => p.ExpiresUtc = Start },
            { "IssuedUtc", static p => p.IssuedUtc = Start.AddDays(-91) },
            { "IssuedUtc", static p => p.IssuedUtc = Start.AddMinutes(5) },
            { "'tenant'", static p => p.Items["tenant"] = "\ud800" },
            { "have 65554 bytes, and a session keeps at most 65536", static p => p.Items["tenant"] = new string('x', 65_536) },
            { "at most 65536", static p => p.StoreTokens([new AuthenticationToken { Name = "id_token", Value = new('x', 65_536) }]) },
            { "RedirectUri", static p => p.RedirectUri = "https://evil.example/" },
            { "RedirectUri", static p => p.RedirectUri = "//evil.example" },
            { "RedirectUri", static p => p.RedirectUri = "/\\evil.example" },
            { "RedirectUri", static p => p.RedirectUri = "/\t/evil.example" },
            { "RedirectUri", static p => p.RedirectUri = "https:evil.example" },
            { "RedirectUri", static p => p.RedirectUri = "https://app.example@evil.example/" },
            { "RedirectUri", static p => p.RedirectUri = "https://app.example.evil.example/" },
            { "RedirectUri", static p => p.RedirectUri = "javascript:alert(1)" },
            { "RedirectUri", static p => p.RedirectUri = "home" },
            { "RedirectUri", static p => p.RedirectUri = "/\u00fcber" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_property_that_cannot_be_honoured_throws_and_starts_no_session(string named, Action<AuthenticationProperties> set)
    {
        await using var app = await StartAsync(set);
        var thrown = await Assert.ThrowsAsync<ArgumentException>(() => app.NewBrowser().PostAsync("/in"));
        Assert.Contains(named, thrown.Message, StringComparison.Ordinal);
        Assert.Empty(app.Store.Calls);
    }

    [Theory]
    [InlineData("/home?tab=1#top")]
    [InlineData("/")]
    [InlineData("https://app.example/home")]
    [InlineData("https://spa.example/welcome")]
    public async Task RedirectUri_is_followed_by_a_sign_in_and_a_sign_out(string uri)
    {
        await using var app = await StartAsync(p => p.RedirectUri = uri, static o => o.TrustedOrigins.Add("https://spa.example"));
        var ada = app.NewBrowser();

        var signedIn = await ada.PostAsync("/in");
        Assert.Equal((302, uri), (signedIn.Status, signedIn["Location"]));
        Assert.Equal("ada", (await ada.MeAsync()).Body);

        var signedOut = await ada.PostAsync("/out");
        Assert.Equal((302, uri), (signedOut.Status, signedOut["Location"]));
        Assert.Empty(ada.Cookies.Names);
    }

    [Fact]
    public async Task A_sign_out_leads_to_no_other_site_and_ends_nothing_then()
    {
        await using var app = await StartAsync(static _ => { }, atSignOut: static p => p.RedirectUri = "//evil.example");
        var ada = app.NewBrowser();
        await ada.PostAsync("/in");
        await Assert.ThrowsAsync<ArgumentException>(() => ada.PostAsync("/out"));
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }

    [Theory]
    [InlineData(SessionTransport.Cookie, true)]
    [InlineData(SessionTransport.Bearer, false)]
    public async Task A_response_with_a_body_leads_nowhere(SessionTransport transport, bool json)
    {
        await using var app = await StartAsync(p => (p.RedirectUri, ((PawlSignInProperties)p).Transport) = ("/", transport), json: json);
        await Assert.ThrowsAsync<ArgumentException>(() => app.NewBrowser().PostAsync("/in"));
    }

    [Fact]
    public async Task A_refused_sign_in_does_not_redirect()
    {
        await using var app = await StartAsync(static p => p.RedirectUri = "/home");
        app.Store.IsDown = true;
        var answer = await app.NewBrowser().PostAsync("/in");
        Assert.Equal((503, null), (answer.Status, answer["Location"]));
    }

    private static Task<TestApp> StartAsync(
        Action<AuthenticationProperties> set,
        Action<PawlOptions>? pawl = null,
        bool json = false,
        Action<AuthenticationProperties>? atSignOut = null
    ) => TestApp.StartAsync(pawl, map: app =>
        {
            app.MapPost("/in", (HttpContext context) => SignInAsync(context));
            app.MapPost("/out", () =>
            {
                var properties = new AuthenticationProperties();
                (atSignOut ?? set)(properties);
                return Results.SignOut(properties);
            });

            Task SignInAsync(HttpContext context)
            {
                var properties = new PawlSignInProperties { WriteJsonResponse = json };
                set(properties);
                return context.SignInAsync(new Login("ada").ToPrincipal(), properties);
            }
        });
}
