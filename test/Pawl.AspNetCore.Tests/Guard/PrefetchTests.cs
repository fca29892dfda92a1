using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>Browsers load links ahead of a click that may never come. Such a request changes nothing.</summary>
public sealed class PrefetchTests
{
    public static TheoryData<string, string> Headers =>
        new()
        {
            { "Sec-Purpose", "prefetch" },
            { "Sec-Purpose", "prefetch;prerender" },
            { "Sec-Purpose", "prefetch;anonymous-client-ip" },
            { "Purpose", "prefetch" },
            { "X-Moz", "prefetch" },
            { "X-Purpose", "preview" },
        };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_link_that_signs_out_does_so_only_when_it_is_followed(string header, string value)
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            var ahead = await ada.SendAsync(method, "/leave", null, [(header, value)]);
            Assert.Equal(
                (403, "prefetch_refused", "no-store", 0),
                (ahead.Status, ahead[PawlDefaults.ProblemHeader], ahead["Cache-Control"], ahead.SetCookies.Count)
            );
        }
        Assert.Equal("ada", (await ada.MeAsync()).Body);

        Assert.Equal(200, (await ada.GetAsync("/leave")).Status);
        Assert.Equal(401, (await ada.MeAsync()).Status);
    }

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_link_that_signs_in_does_so_only_when_it_is_followed(string header, string value)
    {
        await using var app = await StartAsync();
        var browser = app.NewBrowser();
        var ahead = await browser.GetAsync("/enter", (header, value));
        Assert.Equal((403, "prefetch_refused", 0), (ahead.Status, ahead.Code, ahead.SetCookies.Count));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
        Assert.Equal(200, (await browser.GetAsync("/enter")).Status);
        Assert.Equal("ada", (await browser.MeAsync()).Body);
    }

    [Fact]
    public async Task A_page_that_is_rendered_ahead_is_shown_with_its_user()
    {
        await using var app = await StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(200, (await ada.PostAsync("/auth/refresh", null, ("Sec-Purpose", "prefetch;prerender"))).Status);
        Assert.Equal("ada", (await ada.GetAsync("/me", ("Sec-Purpose", "prefetch;prerender"))).Body);
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(map: static app =>
        {
            app.MapMethods("/leave", ["GET", "HEAD"], static () => Results.SignOut());
            app.MapGet("/enter", static () => Results.SignIn(new Login("ada").ToPrincipal()));
        });
}
