namespace Pawl.AspNetCore.Tests;

/// <summary>The program that the README shows is a program, and does what the README says.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_first_program_in_the_README_is_the_sample()
    {
        var readme = SourceTree.Read("README.md");
        const string Fence = "```csharp\n";
        var start = readme.IndexOf(Fence, StringComparison.Ordinal) + Fence.Length;
        Assert.True(start > Fence.Length, "The README shows no C#.");
        Assert.Equal(SourceTree.Read("samples/Minimal/Program.cs"), readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)]);
    }

    // The second one has no reflection for JSON and generated endpoints, as a program that is compiled ahead of time.
    [Theory]
    [InlineData("Minimal.dll")]
    [InlineData("Aot.dll")]
    public async Task The_sample_signs_in_stays_signed_in_and_signs_out(string program)
    {
        using var folder = new TestFolder();
        using var server = await SampleServer.StartAsync(folder.Path, Path.Combine(AppContext.BaseDirectory, program));
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false });
        var ada = new Browser(client, TimeProvider.System, server.Address);

        Assert.Equal(401, (await ada.PostAsync("/login", new { name = "ada", password = "wrong" })).Status);
        Assert.Equal(200, (await ada.PostAsync("/login", new { name = "ada", password = "hunter2" })).Status);
        Assert.Equal("ada", (await ada.MeAsync()).Body);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
        var kept = ada.Copy();
        Assert.Equal(204, (await ada.LogoutAsync()).Status);
        Assert.Equal("session_ended", (await kept.MeAsync()).Code);
        Assert.True(File.Exists(Path.Combine(folder.Path, "sessions.db")));
        Assert.Contains("Sessions over plain http work on localhost only", server.Output, StringComparison.Ordinal);
    }

    [Requirement("KEY-10", "OPS-01")]
    [Fact]
    public async Task In_production_it_refuses_to_start_where_its_keys_would_be_lost()
    {
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/setpriv"),
            "Only root can become a user without a home."
        );
        // Such a user, as in many a cluster, has nowhere to keep Data Protection's keys. It gets a copy of the program that it may read.
        using var folder = new TestFolder();
        foreach (var file in s_program.SelectMany(static pattern => Directory.GetFiles(AppContext.BaseDirectory, pattern)))
            File.Copy(file, Path.Combine(folder.Path, Path.GetFileName(file)));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1FF);

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SampleServer.StartAsync(folder.Path, Path.Combine(folder.Path, "Minimal.dll"), asUser: "54321")
        );

        Assert.Contains(
            "The Data Protection keys, which encrypt Pawl's keys, would be lost at the next restart.",
            thrown.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("PersistKeysToFileSystem", thrown.Message, StringComparison.Ordinal);
    }

    private static readonly string[] s_program =
    [
        "Minimal.dll",
        "Minimal.runtimeconfig.json",
        "Pawl.dll",
        "Pawl.AspNetCore.dll",
        "Pawl.Sqlite.dll",
        "Microsoft.Data.Sqlite.dll",
        "SQLitePCLRaw.*.dll",
    ];
}
