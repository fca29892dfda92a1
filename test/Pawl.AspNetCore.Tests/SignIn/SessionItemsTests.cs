using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using static Pawl.AspNetCore.Tests.ItemsApp;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The items and tokens of a sign-in's properties stay with the session, on the server, until it ends or another sign-in of the same
/// session changes them.
/// </summary>
public sealed class SessionItemsTests
{
    [Fact]
    public async Task Every_later_request_has_them_on_every_node()
    {
        await using var one = await ItemsApp.StartAsync();
        await using var two = await ItemsApp.StartAsync(one);
        var ada = await SignInAsync(one);

        Assert.Equal($"{First} 7", (await ada.GetAsync("/items")).Body);
        one.Clock.Advance(TimeSpan.FromMinutes(5));
        await ada.RefreshAsync();
        Assert.Equal($"{First} 7", (await ada.GetAsync("/items")).Body);
        Assert.Equal($"{First} 7", (await GetAsync(two, ada)).Body);
    }

    [Fact]
    public async Task An_unchanged_session_costs_one_read_a_node()
    {
        await using var one = await ItemsApp.StartAsync();
        await using var two = await ItemsApp.StartAsync(one);
        var ada = await SignInAsync(one);
        for (var round = 0; round < 5; round++)
        {
            await ada.GetAsync("/items");
            await GetAsync(two, ada);
            await ada.GetAsync("/items");
            one.Clock.Advance(TimeSpan.FromMinutes(4));
            await ada.RefreshAsync();
        }
        Assert.Single(one.Store.Calls, static call => call == "FindProperties");
        Assert.Single(two.Store.Calls, static call => call == "FindProperties");
    }

    [Fact]
    public async Task A_request_that_is_refreshed_before_its_answer_has_them()
    {
        await using var app = await ItemsApp.StartAsync(pawl: static o => o.RefreshOnRequest = RefreshOnRequest.Always);
        var ada = await SignInAsync(app);
        app.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal($"{First} 7", (await ada.GetAsync("/items")).Body);
    }

    [Fact]
    public async Task A_session_without_them_costs_no_read_and_nothing_in_its_row_and_its_token()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        Assert.Equal(" ", (await ada.GetAsync("/items")).Body);
        Assert.DoesNotContain("FindProperties", app.Store.Calls);
        Assert.False(AccessTokens.Claims(ada.AccessToken!).TryGetProperty("pawl_properties", out _));
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE properties_version IS NULL"));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_properties"));
    }

    [Requirement("PG-08")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_are_encrypted_in_the_store_and_in_no_token(bool ownsKey)
    {
        var key = ownsKey ? RandomNumberGenerator.GetBytes(32) : null;
        await using var app = await ItemsApp.StartAsync(pawl: o => o.KeyEncryptionKey = key);
        var ada = await SignInAsync(app);
        Assert.Equal($"{First} 7", (await ada.GetAsync("/items")).Body);

        var stored = app.Folder.Query<byte[]>("SELECT content FROM pawl_properties");
        Assert.Equal(ownsKey ? 2 : 1, stored[0]);
        Assert.DoesNotContain("tenant", Encoding.UTF8.GetString(stored), StringComparison.Ordinal);
        Assert.DoesNotContain(First, Encoding.UTF8.GetString(stored), StringComparison.Ordinal);
        Assert.DoesNotContain(First, AccessTokens.Claims(ada.AccessToken!).GetRawText(), StringComparison.Ordinal);
        // The version is no claim of the user.
        Assert.DoesNotContain("pawl_properties", (await ada.GetAsync("/claims")).Body, StringComparison.Ordinal);
        await using var next = await ItemsApp.StartAsync(app, o => o.KeyEncryptionKey = key);
        Assert.Equal($"{First} 7", (await GetAsync(next, ada)).Body);
    }

    [Fact]
    public async Task They_are_removed_with_the_end_of_the_session()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = await SignInAsync(app);
        await ada.PostAsync("/sign-out");
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_properties"));
    }

    [Fact]
    public async Task A_bearer_token_of_a_session_reads_them_and_the_list_of_sessions_does_not()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = await SignInAsync(app);
        var answer = await app.SendRawAsync("GET", "/items", ("Authorization", $"Bearer {ada.AccessToken}"));
        Assert.Equal($"{First} 7", answer.Body);
        Assert.DoesNotContain(First, (await ada.GetAsync("/auth/sessions")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tokens_that_OpenId_Connect_saves_are_kept()
    {
        var provider = new FakeProvider();
        await using var app = await ExternalApp.StartAsync(
            provider,
            oidc: static o => o.SaveTokens = true,
            map: static app =>
                app.MapGet("/saved", async (HttpContext context) =>
                    {
                        var keys = (await context.AuthenticateAsync()).Properties!.Items.Keys;
                        await context.Response.WriteAsync($"{await context.GetTokenAsync("id_token")} {string.Join(' ', keys)}");
                    })
                    .RequireAuthorization()
        );
        var browser = app.NewBrowser();
        await browser.FollowAsync(await provider.ReturnAsync(browser, await browser.LeaveAsync(), "ada"));

        var saved = (await browser.GetAsync("/saved")).Body.Split(' ');

        Assert.StartsWith("ey", saved[0], StringComparison.Ordinal);
        Assert.Contains(".TokenNames", saved);
        // Nothing else of the handler stays.
        Assert.All(saved[1..], static key => Assert.True(key is "Pawl.Session" || key.StartsWith(".Token", StringComparison.Ordinal), key));
    }

    [Fact]
    public async Task A_copy_of_our_properties_keeps_their_members()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = app.NewBrowser();
        var answer = await ada.PostAsync("/copy");
        Assert.Equal(300, answer.Number("expires_in"));
        Assert.Equal("""["otp","x"]""", AccessTokens.Claims(ada.AccessToken!).GetProperty("amr").GetRawText());
        Assert.DoesNotContain("FindProperties", app.Store.Calls);
        Assert.Equal("phone", app.Folder.Query<string>("SELECT device FROM pawl_sessions"));
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_properties"));
    }
}
