namespace Pawl.Server.Tests;

/// <summary>What an operator does from a shell while the server runs. No command is mistaken for a start of another server.</summary>
public sealed class CommandTests
{
    private const string Urls = "http://127.0.0.1:0";

    [Requirement("SES-04")]
    [Theory]
    [InlineData("sessions", "end-all")]
    [InlineData("--urls", Urls, "sessions", "--Pawl:Store=sqlite", "end-all")]
    public async Task All_sessions_end_by_one_command_wherever_the_options_stand(params string[] command)
    {
        await using var server = await ServerProcess.StartAsync();
        using var ada = server.From();
        await ada.RegisterAsync("ada@example.com");
        await ada.LoginAsync("ada@example.com");

        var (exitCode, output) = await server.RunAsync(command);

        Assert.True(exitCode == 0 && output.Contains("Every session has ended.", StringComparison.Ordinal), output);
        Assert.Equal("refresh_token_invalid", (await ada.PostAsync("/auth/refresh")).Code);
        Assert.Equal(0, server.Query<long>("SELECT count(*) FROM pawl_sessions"));
        Assert.Equal(200, (await ada.LoginAsync("ada@example.com")).Status);
    }

    [Fact]
    public async Task A_command_that_is_none_ends_nothing()
    {
        await using var server = await ServerProcess.StartAsync();
        using var ada = server.From();
        await ada.RegisterAsync("ada@example.com");
        await ada.LoginAsync("ada@example.com");
        foreach (var words in (string[])["sessions", "sessions end", "sessions end-all ada", "end-all sessions"])
            IsRefused(await server.RunAsync(words.Split(' ')), "sessions end-all");
        Assert.Equal(200, (await ada.PostAsync("/auth/refresh")).Status);
    }

    [Theory]
    [InlineData("'start' is not a command; the commands are keys, keys revoke KID, sessions end-all and help", "start")]
    [InlineData("'sesions end-all' is not a command", "--urls", Urls, "sesions", "end-all")]
    [InlineData("Pawl__Stor is not a setting", "--Pawl:Stor", "sqlite")]
    [InlineData("--urls has no value", "--urls")]
    public async Task An_argument_that_is_not_understood_starts_no_server(string sentence, params string[] arguments) =>
        IsRefused(await ServerProcess.FailAsync(arguments), sentence);

    [Fact]
    public async Task Help_lists_the_commands_and_the_settings()
    {
        var (exitCode, output) = await ServerProcess.FailAsync(["--urls", Urls, "--help"]);
        Assert.Equal(0, exitCode);
        Assert.Contains("keys revoke KID", output, StringComparison.Ordinal);
        Assert.Contains("--urls=URL", output, StringComparison.Ordinal);
        Assert.All(Setting.All, setting => Assert.Contains(setting.Line, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Options_are_read_in_every_form_that_the_configuration_has()
    {
        await using var server = await ServerProcess.StartAsync();
        string[] options = ["--urls=" + Urls, "/ConnectionStrings:Pawl", "Data Source=other.db", "--environment", "Staging"];

        var (exitCode, output) = await server.RunAsync([.. options, "keys", "Pawl:SigningAlgorithm=RS256"]);

        Assert.True(exitCode == 0, output);
        Assert.Contains(server.Files, static file => file.EndsWith("other.db", StringComparison.Ordinal));
    }

    private static void IsRefused((int ExitCode, string Output) refused, string sentence)
    {
        Assert.Contains(sentence, refused.Output, StringComparison.Ordinal);
        Assert.Equal(2, refused.ExitCode);
        Assert.Single(refused.Output.Split('\n'));
    }
}
