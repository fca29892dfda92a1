namespace Pawl.AspNetCore.Tests;

/// <summary>An MVC app works over the lives of access tokens, without a script and without the endpoints of Pawl.</summary>
public sealed class MvcPagesTests
{
    private static readonly TimeSpan AccessTokenLife = TimeSpan.FromMinutes(6);

    [Fact]
    public async Task A_form_that_was_rendered_before_the_refresh_is_accepted_in_the_request_that_refreshes()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        await ada.OpenAsync("/entries/new");
        for (var life = 0; life < 3; life++)
        {
            app.Clock.Advance(AccessTokenLife);
            await ada.SubmitAsync("/entries", ("text", $"hello {life}"));
            Assert.Equal((200, "/entries/new"), (ada.Page.Status, ada.Address));
            Assert.Contains($"note: ada wrote hello {life}", ada.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_form_of_another_tab_is_accepted_after_the_session_was_refreshed()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        var otherTab = new PageVisitor(ada.Browser);
        await otherTab.OpenAsync("/entries/new");
        app.Clock.Advance(AccessTokenLife);
        await ada.OpenAsync("/entries/new");

        await otherTab.SubmitAsync("/entries", ("text", "hello"));

        Assert.Contains("note: ada wrote hello", otherTab.Text, StringComparison.Ordinal);
    }

    // The framework binds a form's token to the user, so this is what an app with cookie authentication does.
    [Fact]
    public async Task A_form_from_before_the_sign_in_is_refused_and_the_page_says_so()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = new PageVisitor(app.NewBrowser());
        await ada.OpenAsync("/");
        var otherTab = new PageVisitor(ada.Browser);
        await otherTab.OpenAsync("/account/login");
        await otherTab.SubmitAsync("/account/login", ("name", "ada"));
        Assert.Contains("ada", otherTab.Text, StringComparison.Ordinal);

        await ada.SubmitAsync("/account/login", ("name", "bob"));

        Assert.Equal(400, ada.Page.Status);
        Assert.Contains("Error 400", ada.Text, StringComparison.Ordinal);
        await otherTab.OpenAsync("/entries/new");
        Assert.Contains("ada", otherTab.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sign_out_by_a_form_after_the_access_token_has_expired_ends_the_session()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        var copy = new PageVisitor(ada.Browser.Copy());
        await ada.OpenAsync("/");
        app.Clock.Advance(AccessTokenLife);

        await ada.SubmitAsync("/account/logout");

        Assert.Contains("a visitor", ada.Text, StringComparison.Ordinal);
        Assert.Null(ada.Browser.RefreshToken);
        await copy.OpenAsync("/entries/new");
        Assert.StartsWith("/account/login?ReturnUrl=%2Fentries%2Fnew", copy.Address, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_for_errors_know_the_user_after_a_refresh()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        foreach (var (path, status) in new[] { ("/missing", 404), ("/nowhere", 404), ("/fails", 500) })
        {
            app.Clock.Advance(AccessTokenLife);
            var before = ada.Browser.AccessToken;
            await ada.OpenAsync(path);
            Assert.Equal((path, status), (path, ada.Page.Status));
            Assert.Contains($"Error {status}", ada.Text, StringComparison.Ordinal);
            Assert.Contains("ada", ada.Text, StringComparison.Ordinal);
            // The exception handler clears the headers before the response starts.
            Assert.NotNull(ada.Browser.AccessToken);
            Assert.NotEqual(before, ada.Browser.AccessToken);
        }
    }

    [Fact]
    public async Task A_user_who_may_not_sees_the_page_for_it_after_a_refresh()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        app.Clock.Advance(AccessTokenLife);
        await ada.OpenAsync("/keeper");
        Assert.Equal("/account/denied?ReturnUrl=%2Fkeeper", ada.Address);
    }

    [Theory]
    [InlineData("/shared")]
    [InlineData("/own")]
    public async Task A_response_that_refreshes_is_never_served_to_another_user(string path)
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        var bob = await SignInAsync(app, "bob");
        app.Clock.Advance(AccessTokenLife);
        await ada.OpenAsync(path);
        Assert.Contains("ada, rendering", ada.Text, StringComparison.Ordinal);
        Assert.NotNull(ada.Page.Cookie(PawlDefaults.AccessCookie));
        Assert.Contains("no-store", ada.Page["Cache-Control"], StringComparison.Ordinal);

        app.Clock.Advance(AccessTokenLife);
        await bob.OpenAsync(path);
        var nobody = new PageVisitor(app.NewBrowser());
        await nobody.OpenAsync(path);

        Assert.Contains("bob, rendering", bob.Text, StringComparison.Ordinal);
        Assert.NotEqual(ada.Browser.Sid, bob.Browser.Sid);
        Assert.DoesNotContain("ada", nobody.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(nobody.Browser.Cookies.Names, static name => name.Contains("pawl", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_is_cached_from_a_response_without_cookies_and_refreshes_when_it_is_served_from_the_cache()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        app.Clock.Advance(AccessTokenLife);
        await ada.OpenAsync("/own");
        var refreshed = ada.Text;
        await ada.OpenAsync("/own");
        var stored = ada.Text;
        Assert.NotEqual(refreshed, stored);

        app.Clock.Advance(AccessTokenLife);
        var before = ada.Browser.AccessToken;
        await ada.OpenAsync("/own");

        Assert.Equal(stored, ada.Text);
        Assert.NotNull(ada.Browser.AccessToken);
        Assert.NotEqual(before, ada.Browser.AccessToken);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task A_compressed_page_refreshes(string encoding)
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        app.Clock.Advance(AccessTokenLife);
        var answer = await ada.Browser.GetAsync("/part", ("Accept-Encoding", encoding));
        Assert.Equal((200, encoding), (answer.Status, answer["Content-Encoding"]));
        Assert.NotNull(answer.Cookie(PawlDefaults.AccessCookie));
    }

    [Fact]
    public async Task A_part_of_a_page_that_HTMX_asks_for_refreshes_and_is_401_once_the_session_has_ended()
    {
        await using var app = await MvcApp.StartAsync();
        var ada = await SignInAsync(app, "ada");
        var copy = ada.Browser.Copy();
        app.Clock.Advance(AccessTokenLife);

        var part = await ada.Browser.GetAsync("/part", ("HX-Request", "true"));
        Assert.Equal((200, "<li>ada</li>"), (part.Status, part.Body));
        Assert.NotNull(part.Cookie(PawlDefaults.AccessCookie));

        await ada.OpenAsync("/");
        await ada.SubmitAsync("/account/logout");
        var refused = await copy.GetAsync("/part", ("HX-Request", "true"));
        // No redirect: HTMX would put the login page into the place of the part.
        Assert.Equal((401, "session_ended"), (refused.Status, refused.Code));
    }

    private static async Task<PageVisitor> SignInAsync(TestApp app, string name)
    {
        var visitor = new PageVisitor(app.NewBrowser());
        await visitor.OpenAsync("/account/login");
        await visitor.SubmitAsync("/account/login", ("name", name));
        return visitor;
    }
}
