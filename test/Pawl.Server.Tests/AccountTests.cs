namespace Pawl.Server.Tests;

/// <summary>Signing up, changing the password, and what the log says of both.</summary>
public sealed class AccountTests
{
    private const string Ada = "ada@example.com";

    [Requirement("PW-08")]
    [Fact]
    public async Task Signing_up_does_not_tell_whether_there_is_an_account()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        var free = await client.PostAsync("/auth/register", new { email = Ada, password = Client.Password });
        foreach (var email in new[] { Ada, "ADA@example.com", "ada@EXAMPLE.com" })
            Assert.Equal(free.Look, (await client.PostAsync("/auth/register", new { email, password = "Another-Horse-9-Charger" })).Look);
        Assert.Empty(client.Cookies);
        Assert.Equal(1, server.Query<long>("SELECT count(*) FROM AspNetUsers"));
        // And it changes nothing about the account.
        Assert.Equal(401, (await client.LoginAsync(Ada, "Another-Horse-9-Charger")).Status);
        Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
    }

    [Requirement("SES-05")]
    [Fact]
    public async Task A_new_password_takes_the_old_one_and_ends_the_other_sessions()
    {
        await using var server = await ServerProcess.StartAsync();
        using var laptop = server.From();
        using var phone = server.From("127.0.0.2");
        await laptop.RegisterAsync(Ada);
        await laptop.LoginAsync(Ada);
        await phone.LoginAsync(Ada);
        Assert.Equal(
            (403, "invalid_credentials"),
            await laptop.PostAsync("/auth/password", new { current = "wrong-but-long-enough", @new = "Another-Horse-9-Charger" })
                is var refused
                ? (refused.Status, refused.Code)
                : default
        );
        Assert.Equal(200, (await phone.GetAsync("/api/me")).Status);

        Assert.Equal(
            (200, """{"ended":1}"""),
            await laptop.PostAsync("/auth/password", new { current = Client.Password, @new = "Another-Horse-9-Charger" }) is var changed
                ? (changed.Status, changed.Body)
                : default
        );

        Assert.Equal("session_ended", (await phone.GetAsync("/api/me")).Code);
        Assert.Equal("session_ended", (await phone.PostAsync("/auth/refresh")).Code);
        Assert.Equal(200, (await laptop.PostAsync("/auth/refresh")).Status);
    }

    [Requirement("SES-02", "SES-05")]
    [Fact]
    public async Task A_session_that_ends_while_the_body_arrives_changes_no_password()
    {
        await using var server = await ServerProcess.StartAsync();
        using var laptop = server.From();
        using var phone = server.From("127.0.0.2");
        await laptop.RegisterAsync(Ada);
        await laptop.LoginAsync(Ada);
        await phone.LoginAsync(Ada);
        using var body = new SlowJson($$"""{"current":"{{Client.Password}}","new":"Another-Horse-9-Charger"}""");

        var change = laptop.PostAsync("/auth/password", body);
        await body.HeadSent;
        Assert.Equal(204, (await phone.PostAsync("/auth/logout", new { scope = "everywhere" })).Status);
        body.Finish();

        Assert.Equal((401, "session_ended"), await change is var refused ? (refused.Status, refused.Code) : default);
        Assert.Equal(200, (await laptop.LoginAsync(Ada)).Status);
    }

    [Requirement("LOG-01", "LOG-02")]
    [Fact]
    public async Task The_log_has_an_event_for_each_and_no_address_password_or_token()
    {
        await using var server = await ServerProcess.StartAsync(
            ("Logging__LogLevel__Default", "Trace"),
            ("Logging__LogLevel__Microsoft.EntityFrameworkCore", "Warning")
        );
        using var client = server.From();
        await client.RegisterAsync(Ada);
        var secrets = new List<string> { Client.Password, "wrong-but-long-enough", "Another-Horse-9-Charger", Ada };
        await client.LoginAsync(Ada);
        for (var i = 0; i < 12; i++)
            await client.MovedTo("127.0.0.2").LoginAsync("nobody@example.com", "wrong-but-long-enough");
        await client.PostAsync("/auth/refresh");
        await client.PostAsync("/auth/password", new { current = Client.Password, @new = "Another-Horse-9-Charger" });
        secrets.AddRange(
            client.Cookies.Where(static c => c.Key.StartsWith("__Host-Http-", StringComparison.Ordinal)).Select(static c => c.Value[^24..])
        );
        await client.PostAsync("/auth/logout");

        string[] events =
        [
            "user_created ",
            "authn_login_success ",
            "authn_login_fail unknown",
            "excess_rate_limit_exceeded /auth/login",
            "authn_password_change ",
            "session_created ",
            "session_ended ",
        ];
        // The program writes its log in the background.
        await Eventually.TrueAsync(
            () => Task.FromResult(events.All(e => server.Output.Contains(e, StringComparison.Ordinal))),
            "An event is missing from the log."
        );
        Assert.Equal(7, secrets.Count);
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, server.Output, StringComparison.OrdinalIgnoreCase));
    }
}
