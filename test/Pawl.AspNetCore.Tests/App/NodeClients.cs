using System.Diagnostics;

namespace Pawl.AspNetCore.Tests;

/// <summary>The programs in Clients, which use packages of npm.</summary>
internal static class NodeClients
{
    private static readonly string Folder = Path.Combine(SourceTree.Root, "test/Pawl.AspNetCore.Tests/Clients");

    // CI has Node; elsewhere the test is skipped and names the missing program.
    public static async Task RequireAsync()
    {
        var missing = await FindMissingAsync();
        Assert.False(missing is not null && Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.SkipWhen(missing is not null, missing ?? "");
    }

    private static async Task<string?> FindMissingAsync()
    {
        try
        {
            if (Directory.Exists(Path.Combine(Folder, "node_modules/@microsoft/signalr")))
                return (await RunAsync("node", "--version")).ExitCode is 0 ? null : "node does not run.";
            var installed = await RunAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "ci");
            return installed.ExitCode is 0 ? null : $"npm ci in {Folder} failed.";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "Node is not here: install nodejs and npm.";
        }
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardOutput = true }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output);
    }
}
