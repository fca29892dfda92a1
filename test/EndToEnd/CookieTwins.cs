using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// Cookies whose names look like ours, or become ours when somebody decodes them: a script can set them, and they change nothing.
/// </summary>
public sealed class CookieTwins(World world) : BrowserTest(world)
{
    [Requirement("CK-04", "CK-05", "ATTACK-26")]
    [Theory]
    [InlineData("\u2000", "")]
    [InlineData("\u00a0", "")]
    [InlineData("\ufeff", "")]
    [InlineData("", "\u2000")]
    [InlineData("", "%20")]
    [InlineData("%20", "")]
    [InlineData("$", "")]
    public async Task A_blank_before_or_behind_the_name_makes_another_cookie(string before, string behind) =>
        await AreIgnoredAsync(name => before + name + behind);

    [Requirement("CK-04", "CK-05", "ATTACK-26")]
    [Fact]
    public async Task So_does_a_letter_that_is_written_as_its_number() =>
        await AreIgnoredAsync(static name => name.Replace("-", "%2D", StringComparison.Ordinal));

    [Requirement("CK-04", "ATTACK-26")]
    [Fact]
    public async Task And_a_letter_of_another_alphabet() => await AreIgnoredAsync(static name => name.Replace('a', '\u0430'));

    /// <summary>Signs in, lets a script plant the twins, and sees what becomes of the session.</summary>
    private async Task AreIgnoredAsync(Func<string, string> rename)
    {
        var visitor = await VisitAsync(ServerSettings.Default);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        var sid = (await tab.StateAsync()).Sid;
        string[] ours = [CookieNames.Access, CookieNames.Refresh, CookieNames.Session, CookieNames.Fresh, CookieNames.SignIn];
        var cookies = await visitor.CookiesAsync();

        // At the root, and where the requests go, whose longer path puts them first.
        var planted = await tab.RunAsync<int>(
            """
            (names) => {
              for (const name of names)
                for (const path of ['/', '/api', '/auth', '/e2e']) document.cookie = `${name}=planted; Path=${path}; Secure`;
              return document.cookie.split('planted').length - 1;
            }
            """,
            ours.Select(rename).ToArray()
        );

        // Some of them are seen at least: the browser has not refused them all.
        Assert.InRange(planted, 2, 20);
        Assert.Equal(200, (await tab.FetchAsync()).Status);
        await tab.RefreshAsync();
        Assert.Equal(sid, (await tab.StateAsync()).Sid);
        Assert.All(await visitor.CookiesAsync(), pair => Assert.Equal(cookies.ContainsKey(pair.Key), pair.Value.Value != "planted"));
        Assert.True(await tab.SignOutAsync());
        Assert.Equal(401, (await tab.FetchAsync()).Status);
    }
}
