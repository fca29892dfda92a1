namespace Pawl.AspNetCore.Tests;

/// <summary>MapIdentityApi in bearer mode, unmodified: its sign-ins are sessions.</summary>
public sealed class BearerTokenTests
{
    private const string Ada = BearerApp.Ada;

    [Fact]
    public async Task A_login_starts_one_session_and_answers_with_the_JSON_of_the_framework()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);

        var client = new BearerClient(app);
        var answer = await client.LoginAsync(Ada);

        Assert.Equal((200, 0), (answer.Status, answer.SetCookies.Count));
        Assert.Equal(
            ["tokenType", "accessToken", "expiresIn", "refreshToken"],
            answer.Json.EnumerateObject().Select(static member => member.Name)
        );
        Assert.Equal(("Bearer", 300, "no-store"), (answer.Text("tokenType"), answer.Number("expiresIn"), answer["Cache-Control"]));
        Assert.Equal(1, folder.Query<long>("SELECT count(*) FROM pawl_sessions WHERE ended_at IS NULL"));
        Assert.Equal(Ada, (await client.GetAsync("/manage/info")).Text("email"));
        Assert.Equal("true", (await client.GetAsync("/is-signed-in")).Body);
    }

    [Fact]
    public async Task A_refresh_rotates_and_the_access_token_expires()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        var (before, sid) = (client.RefreshToken, client.Sid);

        app.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("access_token_expired", (await client.GetAsync("/manage/info")).Code);
        var answer = await client.RefreshAsync();

        Assert.Equal((200, "Bearer", 300), (answer.Status, answer.Text("tokenType"), answer.Number("expiresIn")));
        Assert.NotEqual(before, client.RefreshToken);
        Assert.Equal(sid, client.Sid);
        Assert.Equal(Ada, (await client.GetAsync("/manage/info")).Text("email"));
        Assert.Equal(1, folder.Query<long>("SELECT count(*) FROM pawl_sessions"));
    }

    [Fact]
    public async Task A_young_refresh_token_is_kept()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var client = await BearerClient.SignInAsync(app, Ada);
        var before = client.RefreshToken;
        Assert.Equal(200, (await client.RefreshAsync()).Status);
        Assert.Equal(before, client.RefreshToken);
    }

    [Fact]
    public async Task The_device_is_in_the_list_and_a_sign_out_ends_the_session()
    {
        using var folder = new TestFolder();
        await using var app = await BearerApp.StartAsync(folder);
        var (laptop, phone) = (await BearerClient.SignInAsync(app, Ada), await BearerClient.SignInAsync(app, Ada));
        Assert.Equal(2, (await laptop.GetAsync("/auth/sessions")).Json.GetProperty("sessions").GetArrayLength());

        Assert.Equal(204, (await laptop.PostAsync("/auth/logout")).Status);

        Assert.Equal(("session_ended", "signed_out"), await BearerClient.CodeAsync(laptop.GetAsync("/manage/info")));
        Assert.Equal(("session_ended", "signed_out"), await BearerClient.CodeAsync(laptop.RefreshAsync()));
        Assert.Equal(200, (await phone.RefreshAsync()).Status);
        Assert.Equal(204, (await phone.PostAsync("/auth/logout", new { scope = "everywhere" })).Status);
        Assert.Equal(401, (await phone.RefreshAsync()).Status);
    }
}
