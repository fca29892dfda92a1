using static Pawl.AspNetCore.Tests.ItemsApp;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A sign-in of the same session changes its items as the caller says, and a sign-in that starts a session inherits none.
/// </summary>
public sealed class SessionItemsRenewalTests
{
    [Fact]
    public async Task A_sign_in_of_the_same_session_changes_them()
    {
        await using var one = await ItemsApp.StartAsync();
        await using var two = await ItemsApp.StartAsync(one);
        var ada = await SignInAsync(one);
        var tab = ada.Copy();
        await ada.GetAsync("/items");
        await GetAsync(two, ada);

        Assert.Equal(200, (await ada.PostAsync($"/update?token={Second}")).Status);

        Assert.Equal($"{Second} 7", (await ada.GetAsync("/items")).Body);
        Assert.Equal($"{Second} 7", (await GetAsync(two, ada)).Body);
        // A tab with the access token from before gets the change on the node that has made it. Elsewhere its next refresh brings it.
        Assert.Equal($"{Second} 7", (await tab.GetAsync("/items")).Body);
        Assert.Equal(1, one.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
        one.Clock.Advance(TimeSpan.FromMinutes(5));
        await ada.RefreshAsync();
        Assert.Equal($"{Second} 7", (await GetAsync(two, ada)).Body);
    }

    [Fact]
    public async Task A_sign_in_of_the_same_session_without_properties_keeps_them()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = await SignInAsync(app);
        await ada.PostAsync("/renew?properties=none");
        Assert.Equal($"{First} 7", (await ada.GetAsync("/items")).Body);
    }

    [Fact]
    public async Task A_sign_in_of_the_same_session_with_new_properties_replaces_them()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = await SignInAsync(app);
        await ada.PostAsync("/renew?properties=new");
        Assert.Equal(" ", (await ada.GetAsync("/items")).Body);
        Assert.Equal(0, app.Folder.Query<long>("SELECT count(*) FROM pawl_properties"));
    }

    [Fact]
    public async Task A_sign_in_that_passes_them_on_unchanged_undoes_no_change_of_another_request()
    {
        Browser? other = null;
        await using var app = await ItemsApp.StartAsync(between: async () => await other!.PostAsync($"/update?token={Second}"));
        var ada = await SignInAsync(app);
        other = ada.Copy();

        Assert.Equal(200, (await ada.PostAsync("/renew?properties=same")).Status);

        Assert.Equal($"{Second} 7", (await ada.GetAsync("/items")).Body);
    }

    [Fact]
    public async Task A_tab_whose_access_token_names_none_does_not_remove_those_that_another_tab_has_added()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var tab = ada.Copy();
        await ada.PostAsync($"/store?token={Second}");

        Assert.Equal(200, (await tab.PostAsync("/renew?properties=same")).Status);

        Assert.Equal($"{Second} 8", (await tab.GetAsync("/items")).Body);
    }

    [Fact]
    public async Task A_sign_in_that_starts_a_session_inherits_none()
    {
        await using var app = await ItemsApp.StartAsync();
        var ada = await SignInAsync(app);
        await ada.GetAsync("/items");
        await ada.SignInAsync("ada");
        Assert.Equal(" ", (await ada.GetAsync("/items")).Body);
    }
}
