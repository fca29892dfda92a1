using System.Text;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>How requests are authenticated: by one access token, in one place, while it is good.</summary>
public sealed class AccessTokenTests
{
    [Requirement("HTTP-05")]
    [Theory]
    [InlineData("Bearer {0}")]
    [InlineData("bearer {0}")]
    [InlineData("BEARER {0}")]
    public async Task A_bearer_token_is_taken_from_the_Authorization_header(string header)
    {
        await using var app = await TestApp.StartAsync();
        Assert.Equal("ada", (await AskAsync(app, ("Authorization", Format(header, (await app.SignInAsync("ada")).AccessToken!)))).Body);
    }

    [Requirement("HTTP-05")]
    [Theory]
    [InlineData("Bearer", "authentication_required")]
    [InlineData("Basic {0}", "authentication_required")]
    [InlineData("{0}", "authentication_required")]
    [InlineData("Bearer{0}", "authentication_required")]
    [InlineData("Bearer  {0}", "access_token_invalid")]
    [InlineData("Bearer {0},", "access_token_invalid")]
    [InlineData("Bearer {0}, Bearer {0}", "access_token_invalid")]
    [InlineData("Bearer \"{0}\"", "access_token_invalid")]
    [InlineData("Bearer {0}=", "access_token_invalid")]
    [InlineData("Bearer {0} ", "access_token_invalid")]
    public async Task Other_spellings_of_the_header_are_refused(string header, string code)
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.SignInAsync("ada")).AccessToken!;
        var answer = await app.SendRawAsync("GET", "/me", ("Authorization", Format(header, token)));
        Assert.Equal((401, code), (answer.Status, answer.Code));
    }

    [Requirement("HTTP-05")]
    [Fact]
    public async Task Never_from_the_query_or_a_form()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.SignInAsync("ada")).AccessToken!;
        app.Folder.Secrets.Publish(token);
        var nobody = app.NewBrowser();
        Assert.Equal("authentication_required", (await nobody.GetAsync($"/me?access_token={token}")).Code);
        Assert.Equal(
            "authentication_required",
            (await nobody.SendAsync(HttpMethod.Post, "/note", Browser.Form($"access_token={token}"))).Code
        );
    }

    [Requirement("HTTP-05")]
    [Fact]
    public async Task Two_credentials_in_one_request_count_for_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var (ada, bob) = (await app.SignInAsync("ada"), await app.SignInAsync("bob"));
        var bearer = ("Authorization", $"Bearer {bob.AccessToken}");
        var statuses = ((await ada.GetAsync("/me", bearer)).Status, (await ada.PostAsync("/note", null, bearer)).Code);
        Assert.Equal((400, "ambiguous_credentials"), statuses);
        // A planted cookie must not lock the user out of every page.
        Assert.Equal("nobody", (await ada.GetAsync("/open", bearer)).Body);
        Assert.Equal(
            "ambiguous_credentials",
            (await app.SendRawAsync("GET", "/me", bearer, ("Authorization", $"Bearer {ada.AccessToken}"))).Code
        );
        // The same token twice is twice, too.
        Assert.Equal("ambiguous_credentials", (await ada.GetAsync("/me", ("Authorization", $"Bearer {ada.AccessToken}"))).Code);
    }

    [Requirement("CLM-02", "JWS-16", "ATTACK-18")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_token_expires_at_exp_and_skew_exactly_remembered_or_not(bool isRemembered)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
        if (isRemembered)
            Assert.Equal(200, (await AskAsync(app, bearer)).Status);
        Assert.Equal(isRemembered, app.Service<VerifiedTokens>().Size > 0);

        app.Clock.Advance(TimeSpan.FromSeconds(330));
        Assert.Equal("access_token_expired", (await AskAsync(app, bearer)).Code);
        Assert.Equal("access_token_expired", (await ada.MeAsync()).Code);
    }

    [Requirement("JWS-16", "ATTACK-18")]
    [Fact]
    public async Task A_remembered_token_is_good_to_the_last_millisecond()
    {
        await using var app = await TestApp.StartAsync();
        var bearer = ("Authorization", $"Bearer {(await app.SignInAsync("ada")).AccessToken}");
        app.Clock.Advance(TimeSpan.FromSeconds(330) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, (await AskAsync(app, bearer)).Status);
        Assert.Equal(200, (await AskAsync(app, bearer)).Status);
        app.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("access_token_expired", (await AskAsync(app, bearer)).Code);
    }

    [Requirement("JWS-10", "JWS-16", "ATTACK-18", "ATTACK-19")]
    [Fact]
    public async Task A_remembered_token_stops_when_its_session_ends_and_so_does_its_other_signature()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var bearer = ("Authorization", $"Bearer {ada.AccessToken}");
        var (first, other) = (bearer, ("Authorization", $"Bearer {AccessTokens.Malleate(ada.AccessToken!)}"));
        Assert.NotEqual(first.Item2, other.Item2);
        // ECDSA has two signatures for everything. Both are good, so nothing may hang on the text of a token.
        Assert.Equal(("ada", "ada"), ((await AskAsync(app, first)).Body, (await AskAsync(app, other)).Body));

        await ada.LogoutAsync();

        Assert.Equal(("session_ended", "session_ended"), ((await AskAsync(app, first)).Code, (await AskAsync(app, other)).Code));
    }

    [Requirement("JWS-16", "ATTACK-18")]
    [Fact]
    public async Task A_token_remembered_by_one_validator_opens_no_other()
    {
        using var folder = new TestFolder();
        await using var issuer = await TestApp.StartAsync(static o => o.Audience = "one", folder: folder);
        await using var other = await TestApp.StartAsync(static o => o.Audience = "two", folder: folder, clock: issuer.Clock);
        var bearer = ("Authorization", $"Bearer {(await issuer.SignInAsync("ada")).AccessToken}");
        Assert.Equal(200, (await AskAsync(issuer, bearer)).Status);
        Assert.Equal("access_token_invalid", (await AskAsync(other, bearer)).Code);
    }

    [Fact]
    public async Task The_cache_of_tokens_stays_within_its_limit()
    {
        await using var app = await TestApp.StartAsync(static o => o.VerifiedTokenCacheBytes = 20_000);
        for (var i = 0; i < 40; i++)
        {
            var ada = await app.SignInAsync("ada");
            Assert.Equal("ada", (await ada.MeAsync()).Body);
            Assert.Equal("ada", (await ada.MeAsync()).Body);
            Assert.InRange(app.Service<VerifiedTokens>().Size, 1000, 20_000);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(250)]
    public async Task A_token_with_many_roles_counts_for_the_memory_that_it_takes(int roles)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada", new Login("") { Roles = [.. Enumerable.Range(0, roles).Select(static n => $"r{n}")] });
        Assert.Equal("ada", (await ada.MeAsync()).Body);

        var rules = app.Service<IOptionsMonitor<PawlOptions>>().Get("Pawl").Rules;
        var token = AccessTokenValidator
            .Validate(ada.AccessToken, app.Service<KeyRingProvider>().Ring, rules, app.Clock.GetUtcNow())
            .Token!;
        _ = TokenClaims.FromToken(token, "urn:pawl", out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var claims = TokenClaims.FromToken(token, "urn:pawl", out _);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(claims.Length > roles);
        Assert.InRange(app.Service<VerifiedTokens>().Size, allocated * 0.8, allocated * 1.5 + 3000);
    }

    [Requirement("JWS-16")]
    [Fact]
    public async Task Rubbish_is_never_remembered()
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.SignInAsync("ada")).AccessToken!;
        foreach (var rubbish in new[] { "x", token[..^2] + "AA", "a.b.c", token + "A" })
            Assert.Equal("access_token_invalid", (await AskAsync(app, ("Authorization", $"Bearer {rubbish}"))).Code);
        Assert.Equal(0, app.Service<VerifiedTokens>().Size);
    }

    [Requirement("CLM-07", "JWS-01", "ATTACK-02")]
    [Fact]
    public async Task Unsigned_foreign_and_mistyped_tokens_open_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        await using var foreign = await TestApp.StartAsync();
        var token = ada.AccessToken!;
        var payload = token.Split('.')[1];
        string[] tokens =
        [
            (await foreign.SignInAsync("ada")).AccessToken!,
            ada.RefreshToken!,
            $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{payload}.",
            $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{payload}.AAAA",
            token.Replace(
                token.Split('.')[0],
                Encode($$"""{"alg":"HS256","kid":"{{AccessTokens.Header(token).GetProperty("kid").GetString()}}","typ":"at+jwt"}"""),
                StringComparison.Ordinal
            ),
        ];
        foreach (var wrong in tokens)
        {
            Assert.Equal("access_token_invalid", (await AskAsync(app, ("Authorization", $"Bearer {wrong}"))).Code);
            Assert.Equal("access_token_invalid", (await AskAsync(app, ("Cookie", $"{PawlDefaults.AccessCookie}={wrong}"))).Code);
        }
        // An access token is no refresh token either.
        var thief = app.NewBrowser();
        thief.Cookies[PawlDefaults.RefreshCookie] = token;
        Assert.Equal("refresh_token_invalid", (await thief.RefreshAsync()).Code);
    }

    private static Task<Answer> AskAsync(TestApp app, (string, string) header) => app.SendRawAsync("GET", "/me", header);

    private static string Format(string format, string token) =>
        string.Format(System.Globalization.CultureInfo.InvariantCulture, format, token);

    private static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
