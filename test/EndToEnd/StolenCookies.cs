using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// A copied refresh cookie is of use to its thief for a moment: owner and thief cannot both go on, and then neither does.
/// </summary>
public sealed class StolenCookies(World world) : BrowserTest(world)
{
    [Requirement("RT-05")]
    [Fact]
    public async Task When_the_thief_refreshes_first_the_owner_finds_out_and_the_session_ends_for_both()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        using var thief = new Outsider(visitor.Server);
        var stolen = await visitor.CookieAsync(CookieNames.Refresh);

        var first = await thief.MoveOnAsync(stolen!);
        await tab.RefreshAsync();
        var second = await thief.MoveOnAsync(first.Cookies[CookieNames.Refresh]);
        Assert.Equal(200, second.Status);
        var access = await visitor.CookieAsync(CookieNames.Access);
        await tab.LapseAsync();
        var owner = await tab.FetchAsync();

        Assert.Equal(401, owner.Status);
        await EndedForBothAsync(visitor, tab, thief, access!, second);
    }

    [Requirement("RT-05")]
    [Fact]
    public async Task When_the_owner_refreshes_first_the_thief_gives_himself_away_and_the_session_ends_for_both()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        using var thief = new Outsider(visitor.Server);
        var stolen = await visitor.CookieAsync(CookieNames.Refresh);
        await Health.MoveOnAsync(visitor, tab);
        var repeated = await thief.RefreshAsync(stolen!);
        Assert.Equal(200, repeated.Status);
        await Health.MoveOnAsync(visitor, tab);
        var access = await visitor.CookieAsync(CookieNames.Access);

        var caught = await thief.RefreshAsync(repeated.Cookies[CookieNames.Refresh]);

        Assert.Equal((401, "session_ended", "token_reused"), (caught.Status, caught.Code, caught.Reason));
        Assert.Equal(401, (await tab.FetchAsync()).Status);
        await EndedForBothAsync(visitor, tab, thief, access!, repeated);
    }

    [Requirement("RT-05", "RT-06")]
    [Fact]
    public async Task A_thief_who_keeps_in_step_with_the_owner_is_found_out_in_the_second_round()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        using var thief = new Outsider(visitor.Server);
        var token = (await visitor.CookieAsync(CookieNames.Refresh))!;

        var rounds = 0;
        for (var caught = false; !caught; rounds++)
        {
            Assert.InRange(rounds, 0, 2);
            // Nobody waits for the other, and each takes what the last answer gave.
            var move = thief.MoveOnAsync(token);
            await tab.LapseAsync();
            var reply = await tab.FetchAsync();
            var taken = await move;
            token = taken.Cookies.GetValueOrDefault(CookieNames.Refresh, token);
            await tab.LapseAsync();
            caught = taken.Status == 401 || reply.Status == 401 || (await tab.FetchAsync()).Status == 401;
        }

        Say($"Found out in round {rounds}.");
        await tab.SeesSignedOutAsync();
        Assert.Equal("token_reused", (await thief.RefreshAsync(token)).Reason);
    }

    [Requirement("RT-16", "ATTACK-22")]
    [Fact]
    public async Task A_cookie_from_long_ago_ends_the_session_at_its_first_use()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var tab = (await visitor.OpenSignedInAsync(1))[0];
        using var thief = new Outsider(visitor.Server);
        var old = await visitor.CookieAsync(CookieNames.Refresh);
        for (var move = 0; move < 3; move++)
            await Health.MoveOnAsync(visitor, tab);

        var caught = await thief.RefreshAsync(old!);

        Assert.Equal("token_reused", caught.Reason);
        Assert.Equal(401, (await tab.FetchAsync()).Status);
        Assert.Equal("token_reused", (await tab.StateAsync()).Reason);
    }

    [Fact]
    public async Task Another_tab_learns_of_the_end_without_asking()
    {
        var visitor = await VisitAsync(ServerSettings.Settling);
        var all = await visitor.OpenSignedInAsync(2);
        using var thief = new Outsider(visitor.Server);
        var old = await visitor.CookieAsync(CookieNames.Refresh);
        await Health.MoveOnAsync(visitor, all[0]);
        await Health.MoveOnAsync(visitor, all[0]);
        Assert.Equal(401, (await thief.RefreshAsync(old!)).Status);

        Assert.Equal(401, (await all[0].FetchAsync()).Status);

        await all[1].SeesSignedOutAsync();
    }

    private static async Task EndedForBothAsync(Visitor visitor, Tab tab, Outsider thief, string ownersAccess, PlainReply thiefs)
    {
        await tab.SeesSignedOutAsync();
        Assert.Equal("token_reused", (await tab.StateAsync()).Reason);

        foreach (var access in new[] { ownersAccess, thiefs.Cookies[CookieNames.Access] })
        {
            var asked = await thief.AskAsync(access);
            Assert.Equal((401, "session_ended", "token_reused"), (asked.Status, asked.Code, asked.Reason));
        }
        foreach (
            var refresh in new[] { thiefs.Cookies[CookieNames.Refresh], await visitor.CookieAsync(CookieNames.Refresh) }.OfType<string>()
        )
        {
            var refreshed = await thief.RefreshAsync(refresh);
            Assert.Equal((401, "session_ended", "token_reused"), (refreshed.Status, refreshed.Code, refreshed.Reason));
        }
    }
}
