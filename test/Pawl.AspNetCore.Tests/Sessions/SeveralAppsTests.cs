using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Two apps on two ports of one host. A browser keeps one set of cookies for both, so each app gets those of the other, too.
/// </summary>
public sealed class SeveralAppsTests
{
    [Requirement("PG-09")]
    [Fact]
    public async Task Apps_with_names_of_their_own_leave_each_others_sessions_alone()
    {
        var clock = new TestClock();
        await using var shop = await StartAsync(clock, "shop");
        await using var blog = await StartAsync(clock, "blog");
        var (ada, bob) = NewBrowsers(shop, blog);

        await ada.SignInAsync("ada");
        await bob.SignInAsync("bob");
        Assert.Equal(("ada", "bob"), ((await ada.MeAsync()).Body, (await bob.MeAsync()).Body));

        for (var i = 0; i < 3; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(6));
            Assert.Equal((200, 200), ((await ada.RefreshAsync()).Status, (await bob.RefreshAsync()).Status));
            Assert.Equal((200, 200), ((await ada.PostAsync("/note")).Status, (await bob.PostAsync("/note")).Status));
        }

        Assert.Equal(204, (await ada.LogoutAsync("everywhere")).Status);
        Assert.Equal(("authentication_required", "bob"), ((await ada.MeAsync()).Code, (await bob.MeAsync()).Body));
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await bob.RefreshAsync()).Status);
        Assert.All(bob.Cookies.Names, static name => Assert.Contains("-blog-", name, StringComparison.Ordinal));

        await ada.SignInAsync("ada");
        Assert.Equal(("ada", "bob"), ((await ada.MeAsync()).Body, (await bob.MeAsync()).Body));
        Assert.Empty(shop.Logs.OfPawl(25).Concat(blog.Logs.OfPawl(25)));
    }

    [Fact]
    public async Task Apps_of_one_name_overwrite_each_other_and_the_log_says_what_to_write()
    {
        var clock = new TestClock();
        await using var first = await StartAsync(clock, "pawl");
        await using var second = await StartAsync(clock, "pawl");
        var (ada, bob) = NewBrowsers(first, second);

        await ada.SignInAsync("ada");
        await bob.SignInAsync("bob");

        Assert.Equal("access_token_invalid", (await ada.MeAsync()).Code);
        Assert.Equal("refresh_token_invalid", (await ada.RefreshAsync()).Code);
        Assert.Equal("bob", (await bob.MeAsync()).Body);
        var message = Assert.Single(first.Logs.OfPawl(25)).Message;
        Assert.Contains("give each app its own options.CookieName", message, StringComparison.Ordinal);
        Assert.Empty(second.Logs.OfPawl(25));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("planted", 0)]
    [InlineData("pawl_r1_planted", 0)]
    [InlineData("other version", 0)]
    [InlineData("forged", 1)]
    public async Task Only_a_cookie_in_the_form_of_a_refresh_token_is_explained(string kind, int messages)
    {
        await using var app = await TestApp.StartAsync();
        var token = (await app.SignInAsync("ada")).RefreshToken!;
        var cookie = kind switch
        {
            "other version" => "pawl_r1_" + 'B' + token[9..],
            "forged" => token[..^8] + "AAAAAAAA",
            _ => kind,
        };
        var answer = await app.SendRawAsync(
            "POST",
            "/auth/refresh",
            ("Sec-Fetch-Site", "same-origin"),
            ("Cookie", $"{PawlDefaults.RefreshCookie}={cookie}")
        );
        // The caller sees no difference.
        Assert.Equal((401, "refresh_token_invalid"), (answer.Status, answer.Code));
        Assert.Equal(messages, app.Logs.OfPawl(25).Count());
    }

    private static Task<TestApp> StartAsync(TestClock clock, string name) =>
        TestApp.StartAsync(o => o.CookieName = name, clock: clock, kestrel: true);

    private static (Browser First, Browser Second) NewBrowsers(TestApp first, TestApp second)
    {
        Assert.Equal(first.Address.Host, second.Address.Host);
        var jar = new CookieJar(first.Clock, isTrustworthy: true);
        Browser Open(TestApp app)
        {
            var options = app.Service<IOptionsMonitor<PawlOptions>>().Get(PawlDefaults.AuthenticationScheme);
            return new(app.NewClient(), app.Clock, app.Address) { Cookies = jar, Names = options.CookieNames };
        }
        return (Open(first), Open(second));
    }
}
