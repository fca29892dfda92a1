using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>A service follows the keys of its authority, and of nobody else.</summary>
public sealed class AuthorityKeyTests
{
    [Requirement("HTTP-13")]
    [Fact]
    public async Task A_new_key_is_accepted_with_its_first_token()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app);
        Assert.Equal(200, (await service.AskAsync((await app.SignInAsync("ada")).AccessToken)).Status);
        await RevokeKeysAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(200, (await service.AskAsync((await app.SignInAsync("ada")).AccessToken)).Status);
    }

    [Requirement("HTTP-13")]
    [Fact]
    public async Task A_key_that_the_authority_has_taken_out_of_use_is_refused_here_too()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var clock = new TestClock { WakesBackgroundWork = true };
        await using var service = await ResourceApp.StartAsync(app, clock: clock);
        var token = (await app.SignInAsync("ada")).AccessToken;
        Assert.Equal(200, (await service.AskAsync(token)).Status);
        await RevokeKeysAsync(app);
        Assert.Equal(200, (await service.AskAsync(token)).Status);
        clock.Advance(TimeSpan.FromSeconds(20));
        await service.UntilAsync(token, "access_token_invalid");
    }

    [Fact]
    public async Task Tokens_with_invented_keys_cause_one_request_to_the_authority_in_five_seconds()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app);
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        var before = service.Door.KeyRequests;
        var tokens = Enumerable.Range(0, 200).Select(i => Forge($$"""{"alg":"ES256","kid":"invented-{{i}}","typ":"at+jwt"}"""));
        foreach (var answer in await Task.WhenAll(tokens.Select(token => service.AskAsync(token))))
            Assert.Equal("access_token_invalid", answer.Code);
        Assert.Equal(before + 1, service.Door.KeyRequests);
    }

    [Theory]
    [InlineData("""{"alg":"ES256","kid":"../../../../etc/passwd","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"https://evil.example/key","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"KID","typ":"at+jwt","jku":"https://evil.example/jwks","x5u":"https://evil.example/x"}""")]
    [InlineData("""{"alg":"none","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"HS256","kid":"KID","typ":"at+jwt"}""")]
    [InlineData("""{"alg":"ES256","kid":"KID","typ":"JWT"}""")]
    public async Task Nothing_in_a_token_leads_the_service_anywhere(string header)
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var seen = new ConcurrentBag<Uri>();
        var door = new Door
        {
            InPlace = request =>
            {
                seen.Add(request.RequestUri!);
                return null;
            },
        };
        await using var service = await ResourceApp.StartAsync(app, door: door);
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        var good = (await app.SignInAsync("ada")).AccessToken!;
        var kid = AccessTokens.Header(good).GetProperty("kid").GetString()!;
        var token = Forge(header.Replace("KID", kid, StringComparison.Ordinal));
        Assert.Equal("access_token_invalid", (await service.AskAsync(token)).Code);
        Assert.All(seen, static url => Assert.Equal("app.example", url.Host));
    }

    [Fact]
    public async Task An_unknown_key_while_the_authority_does_not_answer_is_no_verdict()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app);
        await RevokeKeysAsync(app);
        var token = (await app.SignInAsync("ada")).AccessToken;
        service.Door.IsClosed = true;
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal((503, "store_unavailable"), await service.AskAsync(token) is var answer ? (answer.Status, answer.Code) : default);
        service.Door.IsClosed = false;
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(200, (await service.AskAsync(token)).Status);
    }

    [Requirement("HTTP-13")]
    [Theory]
    // Another issuer, and another audience, than the service expects.
    [InlineData("https://app.example", "urn:pawl")]
    [InlineData("urn:pawl", "https://other.example")]
    public async Task A_token_for_another_service_is_refused(string issuer, string audience)
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            Billing.SetUp(o);
            (o.Issuer, o.Audience) = (issuer, audience);
        });
        await using var service = await ResourceApp.StartAsync(app, configure: o => (o.Issuer, o.Audience) = (issuer, "urn:billing"));
        Assert.Equal("access_token_invalid", (await service.AskAsync((await app.SignInAsync("ada")).AccessToken)).Code);
        await using var right = await ResourceApp.StartAsync(app, configure: o => (o.Issuer, o.Audience) = (issuer, audience));
        Assert.Equal(200, (await right.AskAsync((await app.SignInAsync("ada")).AccessToken)).Status);
    }

    [Requirement("HTTP-13")]
    [Fact]
    public async Task An_authority_with_another_issuer_is_not_believed_and_the_log_says_what_to_write()
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        await using var service = await ResourceApp.StartAsync(app, configure: static o => o.Issuer = null);
        Assert.Equal(503, (await service.AskAsync((await app.SignInAsync("ada")).AccessToken)).Status);
        await Eventually.TrueAsync(() => Task.FromResult(service.Logs.OfPawl(80).Any()), "The log does not say it.");
        Assert.Contains("options.Issuer = \"urn:pawl\"", service.Logs.OfPawl(80).First().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jwks_uri", "https://evil.example/jwks")]
    [InlineData("jwks_uri", "http://app.example/auth/jwks")]
    [InlineData("jwks_uri", "https://app.example@evil.example/auth/jwks")]
    [InlineData("pawl_revocations_endpoint", "https://evil.example/auth/revocations")]
    [InlineData("pawl_revocations_endpoint", "https://app.example:8443/auth/revocations")]
    public async Task Neither_keys_nor_the_secret_go_where_the_authority_is_not(string member, string url)
    {
        await using var app = await TestApp.StartAsync(Billing.SetUp);
        var seen = new ConcurrentBag<Uri>();
        var document = (await app.SendRawAsync("GET", "/.well-known/openid-configuration")).Body;
        var path = member == "jwks_uri" ? "jwks" : "revocations";
        var door = new Door
        {
            InPlace = request =>
            {
                seen.Add(request.RequestUri!);
                return request.RequestUri!.AbsolutePath.StartsWith("/.well-known/", StringComparison.Ordinal)
                    ? new(HttpStatusCode.OK)
                    {
                        Content = new StringContent(
                            document.Replace($"\"https://app.example/auth/{path}\"", $"\"{url}\"", StringComparison.Ordinal),
                            Encoding.UTF8,
                            "application/json"
                        ),
                    }
                    : null;
            },
        };
        await using var service = await ResourceApp.StartAsync(app, door: door);
        Assert.Equal(503, (await service.AskAsync((await app.SignInAsync("ada")).AccessToken)).Status);
        Assert.All(seen, static seen => Assert.StartsWith("https://app.example/.well-known/", $"{seen}", StringComparison.Ordinal));
    }

    [Requirement("HTTP-13")]
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task An_authority_that_comes_back_with_other_keys_is_followed(string algorithm)
    {
        await using var app = await TestApp.StartAsync(o =>
        {
            Billing.SetUp(o);
            o.SigningAlgorithm = SigningAlgorithm.Find(algorithm)!;
        });
        await using var service = await ResourceApp.StartAsync(app);
        var old = (await app.SignInAsync("ada")).AccessToken;
        Assert.Equal(200, (await service.AskAsync(old)).Status);
        await using var other = await TestApp.StartAsync(Billing.SetUp, clock: app.Clock);
        service.Door.LeadTo(other);
        app.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(200, (await service.AskAsync((await other.SignInAsync("ada")).AccessToken)).Status);
        Assert.Equal("access_token_invalid", (await service.AskAsync(old)).Code);
    }

    private static async Task RevokeKeysAsync(TestApp app)
    {
        var keys = app.Service<SigningKeyManager>();
        foreach (var key in await keys.ListAsync(TestContext.Current.CancellationToken))
            await keys.RevokeAsync(key.KeyId, TestContext.Current.CancellationToken);
    }

    private static string Forge(string header) =>
        string.Join('.', Encode(Encoding.UTF8.GetBytes(header)), Encode("{}"u8), Encode(new byte[64]));

    private static string Encode(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
