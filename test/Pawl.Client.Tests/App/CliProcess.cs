using System.Diagnostics;

namespace Pawl.Client.Tests;

/// <summary>The sample of a command line, as a process of its own.</summary>
internal static class CliProcess
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Cli.dll");

    public static Process Start(Uri server, string vault, string command, string? password = null)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[s_program, server.ToString(), .. command.Split(' ')])
            start.ArgumentList.Add(argument);
        start.Environment["PAWL_VAULT"] = vault;
        start.Environment["PAWL_PASSWORD"] = password;
        return Process.Start(start)!;
    }

    public static async Task<(int Exit, string Output)> RunAsync(Uri server, string vault, string command, string? password = null)
    {
        using var process = Start(server, vault, command, password);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
