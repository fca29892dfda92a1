using System.Net;
using System.Net.Http.Json;
using Pawl;
using Pawl.Testing;

public sealed class NotesTests
{
    [Fact]
    public async Task A_user_reads_notes_until_the_session_is_ended()
    {
        await using var app = new App();
        using var ada = app.CreateClientAs(await app.AddUserAsync("ada@example.com"), transport: SessionTransport.Body);
        Assert.Equal(HttpStatusCode.OK, (await ada.GetAsync("/notes")).StatusCode);
        await ada.EndSessionAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await ada.GetAsync("/notes")).StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_gets_no_tokens()
    {
        await using var app = new App();
        await app.AddUserAsync("ada@example.com");
        var login = await app.CreateClient().PostAsJsonAsync("/login", new { email = "ada@example.com", password = "guess" });
        Assert.Equal(HttpStatusCode.Unauthorized, login.StatusCode);
    }
}
