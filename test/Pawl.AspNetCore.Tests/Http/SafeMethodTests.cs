namespace Pawl.AspNetCore.Tests;

/// <summary>A request is checked unless its method is safe, and a safe method changes nothing.</summary>
public sealed class SafeMethodTests
{
    [Requirement("XS-01")]
    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("QUERY")]
    [InlineData("post")]
    public async Task Every_method_that_is_not_safe_is_checked(string method)
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await app.SendRawAsync(method, "/note", ("Cookie", ada.Cookies.Header!), ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal("csrf_rejected", answer.Code);
    }

    [Requirement("XS-08", "XS-09")]
    [Fact]
    public async Task A_request_with_a_safe_method_changes_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (
            var path in new[]
            {
                "refresh",
                "logout",
                "session",
                "sessions",
                $"sessions/{ada.Sid}",
                "token",
                "revoke",
                "jwks",
                "client/pawl.js",
            }
        )
        {
            foreach (var method in new[] { "GET", "HEAD", "OPTIONS" })
            {
                var answer = await ada.SendAsync(
                    new HttpMethod(method),
                    $"/auth/{path}?_method=POST",
                    null,
                    [("X-HTTP-Method-Override", "POST"), ("X-HTTP-Method", "DELETE")]
                );
                Assert.Empty(answer.SetCookies);
                Assert.DoesNotContain(answer.Headers, static h => h.Name.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
            }
        }
        Assert.DoesNotContain(app.Store.Calls, static call => call is "Rotate" or "End" or "EnterEnd" or "EndAll" or "Update");
        Assert.Equal("ada", (await ada.MeAsync()).Body);
    }
}
