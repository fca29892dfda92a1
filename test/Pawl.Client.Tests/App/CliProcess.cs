using System.Diagnostics;

namespace Pawl.Client.Tests;

/// <summary>The sample of a command line, as a process of its own.</summary>
internal static class CliProcess
{
    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "Cli.dll");

    /// <summary>Starts this build of it, or a native program.</summary>
    public static Process Start(
        Uri server,
        string vault,
        string command,
        string? password = null,
        string? native = null,
        bool usesDpop = false
    )
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(native ?? host) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (native is null)
            start.ArgumentList.Add(s_program);
        foreach (var argument in (string[])[server.ToString(), .. command.Split(' ')])
            start.ArgumentList.Add(argument);
        start.Environment["PAWL_VAULT"] = vault;
        start.Environment["PAWL_PASSWORD"] = password;
        start.Environment["PAWL_DPOP"] = usesDpop ? "1" : null;
        return Process.Start(start)!;
    }

    public static async Task<(int Exit, string Output)> RunAsync(
        Uri server,
        string vault,
        string command,
        string? password = null,
        string? native = null
    )
    {
        using var process = Start(server, vault, command, password, native);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await error);
    }
}
