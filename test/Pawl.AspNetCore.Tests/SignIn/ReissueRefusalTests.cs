namespace Pawl.AspNetCore.Tests;

/// <summary>A sign-in that would renew a session is refused if it is about another request, another user or a new session.</summary>
public sealed class ReissueRefusalTests
{
    [Fact]
    public async Task The_properties_of_a_session_sign_no_other_user_in()
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => ada.PostAsync("/renew?as=bob"));

        Assert.Contains("new properties", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task The_properties_of_another_request_are_refused()
    {
        await using var app = await RenewingApp.StartAsync();
        var (ada, again) = (await app.SignInAsync("ada"), await app.SignInAsync("ada"));
        await ada.PostAsync("/keep");

        await Assert.ThrowsAsync<InvalidOperationException>(() => again.PostAsync("/renew?kept=true"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => app.NewBrowser().PostAsync("/renew?kept=true"));

        Assert.Equal(2, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("SES-02", "SES-11")]
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_principal_of_another_request_starts_no_session(bool isSignedIn)
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        await ada.PostAsync("/keep");
        await ada.LogoutAsync();
        var browser = isSignedIn ? await app.SignInAsync("ada") : app.NewBrowser();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => browser.PostAsync("/sign-in-kept"));

        Assert.Contains("new principal", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(isSignedIn ? 1 : 0, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
    }

    [Fact]
    public async Task A_property_that_only_a_new_session_can_have_is_refused()
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        foreach (var query in new[] { "device=phone", "methods=otp", "expires=3600" })
            await Assert.ThrowsAsync<ArgumentException>(() => ada.PostAsync($"/sign-in-myself?transport=Cookie&{query}"));
        Assert.Equal(1, app.Folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Requirement("XS-05")]
    [Fact]
    public async Task Another_site_renews_nothing()
    {
        await using var app = await RenewingApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var answer = await ada.SendAsync(HttpMethod.Post, "/renew", null, page: "https://evil.app.example");
        Assert.Equal((403, "csrf_rejected", 0), (answer.Status, answer.Code, answer.SetCookies.Count));
    }
}
