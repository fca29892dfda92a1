namespace Pawl.Server.Tests;

/// <summary>Two servers on one host have cookies of their own if the operator names them.</summary>
public sealed class CookieNameTests
{
    [Fact]
    public async Task The_setting_names_every_cookie_of_the_server()
    {
        await using var server = await ServerProcess.StartAsync(("Pawl__CookieName", "team-2"));
        using var ada = server.From();
        await ada.RegisterAsync("ada@example.com");
        Assert.Equal(200, (await ada.LoginAsync("ada@example.com")).Status);
        Assert.Equal(
            "__Host-Http-team-2-access __Host-Http-team-2-refresh __Host-Http-team-2-signin "
                + "__Host-team-2-fresh __Host-team-2-session __Secure-team-2-device",
            string.Join(' ', ada.Cookies.Keys.Order(StringComparer.Ordinal))
        );
        Assert.Equal("export const COOKIE_NAME = 'team-2';\n", (await ada.GetAsync("/auth/client/name.js")).Body);
    }

    [Fact]
    public async Task A_name_that_browsers_refuse_prevents_the_start()
    {
        var (exitCode, output) = await ServerProcess.FailAsync(("Pawl__CookieName", "http-team"));
        Assert.Equal(2, exitCode);
        Assert.Contains("CookieName must have", output, StringComparison.Ordinal);
        Assert.Contains("Pawl__CookieName=shop", output, StringComparison.Ordinal);
    }
}
