using System.Net;
using System.Net.Http.Json;
using Pawl.Testing;

public sealed class NotesTests
{
    [Fact]
    public async Task A_user_reads_notes_until_the_session_is_ended()
    {
        await using var app = new App();
        using var ada = app.CreateClientAs(await app.AddUserAsync("ada@example.com"));
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/notes")).StatusCode);
        await ada.EndSessionAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await ada.GetAsync("/notes")).StatusCode);
    }

    [Fact]
    public async Task The_page_registers_and_signs_in()
    {
        await using var app = new App();
        using var page = app.CreateSessionClient();
        var user = new { email = "ada@example.com", password = "Correct-horse-7" };
        (await page.PostAsJsonAsync("/register", user)).EnsureSuccessStatusCode();
        (await page.PostAsJsonAsync("/login?useCookies=true", user)).EnsureSuccessStatusCode();
        app.Clock.Advance(TimeSpan.FromMinutes(6));
        page.RefreshesAutomatically = true;
        Assert.Contains("The notes of", await page.GetStringAsync("/notes"));
    }
}
