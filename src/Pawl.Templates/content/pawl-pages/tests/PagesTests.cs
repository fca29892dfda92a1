using Pawl.Testing;

public sealed class PagesTests
{
    [Fact]
    public async Task A_page_stays_signed_in_until_the_session_is_ended()
    {
        await using var app = new App();
        using var ada = app.CreateClientAs(await app.AddUserAsync("ada@example.com"));
        app.Clock.Advance(TimeSpan.FromDays(3));
        Assert.Contains("this one", await ReadAsync(ada));
        await ada.EndSessionAsync();
        Assert.Contains("Create account", await ReadAsync(ada));
    }

    private static async Task<string> ReadAsync(SessionClient browser) => await (await browser.OpenAsync("/")).Content.ReadAsStringAsync();
}
