namespace Pawl.Server.Tests;

/// <summary>What an operator does from a shell while the server runs.</summary>
public sealed class CommandTests
{
    [Requirement("SES-04")]
    [Fact]
    public async Task All_sessions_end_by_one_command()
    {
        await using var server = await ServerProcess.StartAsync();
        using var ada = server.From();
        await ada.RegisterAsync("ada@example.com");
        await ada.LoginAsync("ada@example.com");

        var (exitCode, output) = await server.RunAsync("sessions", "end-all");

        Assert.True(exitCode == 0 && output.Contains("Every session has ended.", StringComparison.Ordinal), output);
        Assert.Equal("refresh_token_invalid", (await ada.PostAsync("/auth/refresh")).Code);
        Assert.Equal(0, server.Query<long>("SELECT count(*) FROM pawl_sessions"));
        Assert.Equal(200, (await ada.LoginAsync("ada@example.com")).Status);
    }

    [Theory]
    [InlineData("sessions")]
    [InlineData("sessions", "end")]
    [InlineData("sessions", "end-all", "ada")]
    public async Task A_command_that_is_none_ends_nothing(params string[] command)
    {
        await using var server = await ServerProcess.StartAsync();
        using var ada = server.From();
        await ada.RegisterAsync("ada@example.com");
        await ada.LoginAsync("ada@example.com");
        var (exitCode, output) = await server.RunAsync(command);
        Assert.True(exitCode == 2 && output.Contains("sessions end-all", StringComparison.Ordinal), output);
        Assert.Equal(200, (await ada.PostAsync("/auth/refresh")).Status);
    }
}
