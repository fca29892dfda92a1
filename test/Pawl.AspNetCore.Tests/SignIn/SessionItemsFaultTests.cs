using static Pawl.AspNetCore.Tests.ItemsApp;

namespace Pawl.AspNetCore.Tests;

/// <summary>The store does not answer, has other items than an access token names, or has items that cannot be decrypted.</summary>
public sealed class SessionItemsFaultTests
{
    [Fact]
    public async Task While_the_store_does_not_answer_a_request_that_needs_them_is_503_and_signs_no_user_out()
    {
        await using var one = await ItemsApp.StartAsync();
        await using var two = await ItemsApp.StartAsync(one);
        var ada = await SignInAsync(one);
        two.Store.IsDown = true;

        var cookies = ("Cookie", $"{PawlDefaults.AccessCookie}={ada.AccessToken}");
        foreach (var path in (string[])["/items", "/auth/session"])
        {
            var answer = await two.SendRawAsync("GET", path, cookies);
            Assert.Equal((503, "store_unavailable", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
        }
        // An endpoint that needs no user goes on without one.
        Assert.Equal(" ", (await two.SendRawAsync("GET", "/anonymous", cookies)).Body);
        // A node that has read them needs no store.
        await ada.GetAsync("/items");
        one.Store.IsDown = true;
        Assert.Equal($"{First} 7", (await ada.GetAsync("/items")).Body);

        two.Store.IsDown = false;
        Assert.Equal($"{First} 7", (await GetAsync(two, ada)).Body);
    }

    [Requirement("PG-08")]
    [Fact]
    public async Task Those_of_another_session_cannot_be_decrypted()
    {
        await using var one = await ItemsApp.StartAsync();
        await using var two = await ItemsApp.StartAsync(one);
        var (ada, bob) = (await SignInAsync(one), await SignInAsync(one, "bob", Second));
        one.Folder.Query<object>(
            $"UPDATE pawl_properties SET content = (SELECT content FROM pawl_properties WHERE session_id = {Literal(bob)}) "
                + $"WHERE session_id = {Literal(ada)} RETURNING 1"
        );

        // The session goes on without them.
        Assert.Equal((200, " "), await GetAsync(two, ada) is var answer ? (answer.Status, answer.Body) : default);
        Assert.Equal($"{Second} 7", (await GetAsync(two, bob)).Body);
        Assert.NotEmpty(two.Logs.OfPawl(60));
        // The next sign-in of the session brings new ones.
        await ada.PostAsync($"/store?token={Second}");
        Assert.Equal($"{Second} 8", (await GetAsync(two, ada)).Body);
    }

    [Theory]
    [InlineData("DELETE FROM pawl_properties RETURNING 1")]
    [InlineData("UPDATE pawl_sessions SET properties_version = NULL RETURNING 1")]
    public async Task A_row_without_those_that_a_token_names_has_none(string sql)
    {
        await using var one = await ItemsApp.StartAsync();
        await using var two = await ItemsApp.StartAsync(one);
        var ada = await SignInAsync(one);
        one.Folder.Query<object>(sql);
        Assert.Equal((200, " "), await GetAsync(two, ada) is var answer ? (answer.Status, answer.Body) : default);
        await GetAsync(two, ada);
        Assert.Single(two.Store.Calls, static call => call == "FindProperties");
    }

    [Fact]
    public async Task A_row_with_another_version_than_a_token_names_counts()
    {
        await using var one = await ItemsApp.StartAsync();
        await using var two = await ItemsApp.StartAsync(one);
        var ada = await SignInAsync(one);
        one.Folder.Query<object>("UPDATE pawl_sessions SET properties_version = 5 RETURNING 1");
        Assert.Equal($"{First} 7", (await GetAsync(two, ada)).Body);
    }

    private static string Literal(Browser browser) =>
        SessionId.TryParse(browser.Sid, out var id) ? $"x'{Convert.ToHexString(id.ToByteArray())}'" : throw new InvalidOperationException();
}
